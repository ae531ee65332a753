import java.io.File;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.transform.OutputKeys;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;
import org.w3c.dom.Document;
import org.w3c.dom.Node;

/** What portals do to a signed document before they verify it: parse it, drop white space between tags, write it again. */
public class Reserialise {
    public static void main(String[] names) throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setNamespaceAware(true);
        for (String name : names) {
            Document document = factory.newDocumentBuilder().parse(new File(name));
            write(document, name + ".java.xml", "no");
            write(document, name + ".bare.xml", "yes");
            dropBlanks(document);
            write(document, name + ".blanks.xml", "yes");
        }
    }

    static void write(Document document, String name, String bare) throws Exception {
        var transformer = TransformerFactory.newInstance().newTransformer();
        transformer.setOutputProperty(OutputKeys.OMIT_XML_DECLARATION, bare);
        transformer.transform(new DOMSource(document), new StreamResult(new File(name)));
    }

    static void dropBlanks(Node node) {
        for (Node child = node.getFirstChild(); child != null; ) {
            Node next = child.getNextSibling();
            if (child.getNodeType() == Node.TEXT_NODE && child.getTextContent().isBlank()) {
                node.removeChild(child);
            } else {
                dropBlanks(child);
            }
            child = next;
        }
    }
}
