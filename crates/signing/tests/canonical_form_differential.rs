//! Canonical forms of made-up documents against the JDK's, in all four forms, whole and by Id.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs
)]

use signing::xml::{Canonicalization, Document};
use std::fs;
use std::process::Command;

/// The JDK's own canonicaliser, which is what portals run: a line of `form id prefixes text` in, a line of hex out.
const PROGRAM: &str = r#"
import com.sun.org.apache.xml.internal.security.Init;
import com.sun.org.apache.xml.internal.security.c14n.Canonicalizer;
import java.io.*;
import java.nio.file.*;
import java.util.HexFormat;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPathFactory;
import org.w3c.dom.*;

public class Forms {
    public static void main(String[] arguments) throws Exception {
        Init.init();
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setNamespaceAware(true);
        for (String line : Files.readAllLines(Path.of(arguments[0]))) {
            String[] part = line.split(" ");
            byte[] text = HexFormat.of().parseHex(part[3]);
            Node node = factory.newDocumentBuilder().parse(new ByteArrayInputStream(text));
            if (part[1].equals("part")) {
                node = (Node) XPathFactory.newInstance().newXPath()
                    .evaluate("//*[@Id='part']", node, javax.xml.xpath.XPathConstants.NODE);
            }
            ByteArrayOutputStream form = new ByteArrayOutputStream();
            Canonicalizer canonicalizer = Canonicalizer.getInstance(part[0]);
            if (part[2].equals("-")) canonicalizer.canonicalizeSubtree(node, form);
            else canonicalizer.canonicalizeSubtree(node, part[2].replace(',', ' '), form);
            System.out.println(HexFormat.of().formatHex(form.toByteArray()));
        }
    }
}
"#;

/// Algorithm, Id or `-`, prefixes or `-`.
const FORMS: [(&str, &str, &str); 10] = [
    ("http://www.w3.org/TR/2001/REC-xml-c14n-20010315", "-", "-"),
    (
        "http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
        "part",
        "-",
    ),
    (
        "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments",
        "-",
        "-",
    ),
    (
        "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments",
        "part",
        "-",
    ),
    ("http://www.w3.org/2001/10/xml-exc-c14n#", "-", "-"),
    ("http://www.w3.org/2001/10/xml-exc-c14n#", "part", "-"),
    ("http://www.w3.org/2001/10/xml-exc-c14n#", "-", "p,#default"),
    ("http://www.w3.org/2001/10/xml-exc-c14n#", "part", "q"),
    (
        "http://www.w3.org/2001/10/xml-exc-c14n#WithComments",
        "-",
        "-",
    ),
    (
        "http://www.w3.org/2001/10/xml-exc-c14n#WithComments",
        "part",
        "p,z",
    ),
];

#[test]
fn made_up_documents_canonicalise_as_the_jdk_does_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut random = Random(2026);
    let documents: Vec<String> = (0..400).map(|_| random.document()).collect();
    let mut cases = String::new();
    for text in &documents {
        for (algorithm, id, prefixes) in FORMS {
            cases.push_str(&format!(
                "{algorithm} {id} {prefixes} {}\n",
                hex(text.as_bytes())
            ));
        }
    }
    fs::write(folder.path().join("Forms.java"), PROGRAM).unwrap();
    fs::write(folder.path().join("cases"), cases).unwrap();
    let mut java = Command::new("java");
    for package in ["", ".c14n"] {
        let package = format!("com.sun.org.apache.xml.internal.security{package}");
        java.args([
            "--add-exports",
            &format!("java.xml.crypto/{package}=ALL-UNNAMED"),
        ]);
    }
    let Ok(output) = java
        .args(["Forms.java", "cases"])
        .current_dir(folder.path())
        .output()
    else {
        assert!(
            std::env::var("CI").as_deref() != Ok("true"),
            "java is missing"
        );
        println!("passed over: java is not here");
        return;
    };
    let told = String::from_utf8(output.stdout).unwrap();
    let mut expected = told.lines();
    for text in &documents {
        let document = Document::parse(text).unwrap();
        for form in FORMS {
            let ours = canonical(&document, form);
            let theirs = expected
                .next()
                .unwrap_or_else(|| panic!("{}", String::from_utf8_lossy(&output.stderr)));
            assert_eq!(
                hex(&ours),
                theirs,
                "{form:?} of {text}\nours: {}",
                String::from_utf8_lossy(&ours)
            );
        }
    }
}

fn canonical(document: &Document, (algorithm, id, prefixes): (&str, &str, &str)) -> Vec<u8> {
    let listed = prefixes.split(',').filter(|prefix| *prefix != "-");
    let form = Canonicalization {
        inclusive_prefixes: listed
            .map(|prefix| prefix.replace("#default", ""))
            .collect(),
        ..Canonicalization::from_uri(algorithm).unwrap()
    };
    match id {
        "-" => document.canonicalize(&form).unwrap(),
        id => document.canonicalize_by_id(id, &form).unwrap(),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Documents out of a small generator, the same at every run.
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }

    fn pick<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        choices[usize::try_from(self.below(choices.len() as u64)).unwrap()]
    }

    fn document(&mut self) -> String {
        let mut text = String::new();
        text.push_str(self.pick(&["", "<?xml version='1.0'?>", "<!-- a -->\n", "<?t  d ?>"]));
        // p and q are in force everywhere, bound again here and there.
        text.push_str("<r xmlns:p='urn:p' xmlns:q='urn:q'");
        text.push_str(self.pick(&["", " xmlns='urn:d'", " xmlns:unused='urn:u'"]));
        text.push_str(self.pick(&[
            "",
            " xml:lang='kk' xml:space='preserve'",
            " xml:base='urn:b'",
        ]));
        text.push('>');
        let before = self.below(2);
        for _ in 0..before {
            self.element(&mut text, 0, "");
        }
        self.element(&mut text, 0, " Id='part'");
        self.element(&mut text, 0, "");
        text.push_str("</r>");
        text.push_str(self.pick(&["", "<!-- z -->", "\n<?t?>\n"]));
        text
    }

    fn element(&mut self, text: &mut String, depth: u32, extra: &str) {
        let name = self.pick(&["a", "b", "p:a", "q:b", "ә"]);
        text.push('<');
        text.push_str(name);
        text.push_str(extra);
        text.push_str(self.pick(&["", "", " xmlns='urn:e'", " xmlns=''", " xmlns='urn:d'"]));
        text.push_str(self.pick(&[
            "",
            "",
            " xmlns:p='urn:p2'",
            " xmlns:p='urn:p'",
            " xmlns:z='urn:z' z:y='1'",
        ]));
        text.push_str(self.pick(&[
            "",
            " p:x='&#13;&#10;&quot;'",
            " B='1' a=' \n\t'",
            " q:x='&lt;&amp;>' x=\"'\"",
        ]));
        text.push_str(self.pick(&["", "", " xml:lang='ru'"]));
        text.push('>');
        for _ in 0..self.below(4) {
            match self.below(if depth < 5 { 8 } else { 5 }) {
                0 => text.push_str(self.pick(&["т&#x49A;", "&gt;&lt;", "\r\n \r", "&#13;"])),
                1 => text.push_str("<!-- c\r\nc -->"),
                2 => text.push_str("<![CDATA[<&>\r\n]]>"),
                3 => text.push_str("<?pi  x\r\n ?>"),
                4 => text.push('\u{1F600}'),
                _ => self.element(text, depth + 1, ""),
            }
        }
        text.push_str("</");
        text.push_str(name);
        text.push('>');
    }
}
