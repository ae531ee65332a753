//! Documents broken at random: what is accepted here, the JDK accepts too, and both tell faults in the same words.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs
)]

use signing::xml::Document;
use std::fs;
use std::process::Command;

/// The JDK's parser as NCALayer uses it, DOCTYPE disallowed: a line of hex in, `OK` or the exception's text out.
const PROGRAM: &str = r#"
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.*;
import java.util.HexFormat;
import javax.xml.parsers.*;
import org.xml.sax.*;
import org.xml.sax.helpers.DefaultHandler;

public class Faults {
    public static void main(String[] arguments) throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setNamespaceAware(true);
        factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
        System.setOut(new java.io.PrintStream(System.out, true, "UTF-8"));
        for (String line : Files.readAllLines(Path.of(arguments[0]))) {
            String text = new String(HexFormat.of().parseHex(line), StandardCharsets.UTF_8);
            DocumentBuilder builder = factory.newDocumentBuilder();
            builder.setErrorHandler(new DefaultHandler() {
                public void error(SAXParseException fault) throws SAXException { throw fault; }
            });
            String told = "OK";
            try {
                builder.parse(new InputSource(new StringReader(text)));
            } catch (SAXException fault) {
                told = fault.toString().replace('\n', ' ');
            }
            System.out.println(told);
        }
    }
}
"#;

const SOUND: [&str; 3] = [
    "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\"?>\n<login xmlns:p='urn:p'><timeTicket p:a=\"1\" b='&lt;'>17</timeTicket>\n<q/></login>",
    "<!-- a --><r a=\"x&#13;\"><?pi data?><![CDATA[<&>]]>т&amp;<b><c d=\"\"/></b></r><?z?>",
    "<a xmlns=\"urn:d\" xmlns:x=\"urn:x\"><x:b x:c=\"1\" c=\"2\"></x:b><!-- z --></a>\n",
];

#[test]
fn documents_broken_at_random_are_refused_as_the_jdk_refuses_them() {
    let mut random = 2026_u64;
    let mut below = move |end: usize| {
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(random >> 33).unwrap() % end
    };
    let pieces = [
        "<", ">", "/", "\"", "'", "&", ";", "=", " ", "-", "]", "?", "!", ":", "x", "\n", "\u{1}",
        "&#0;", "<a>", "</a>", "xmlns=''",
    ];
    let mut texts = Vec::new();
    for round in 0..4000 {
        let mut letters: Vec<char> = SOUND[round % SOUND.len()].chars().collect();
        for _ in 0..=below(2) {
            let at = below(letters.len());
            let length = if below(2) == 0 { 0 } else { 1 + below(3) };
            let end = (at + length).min(letters.len());
            let piece = if below(3) == 0 {
                ""
            } else {
                pieces[below(pieces.len())]
            };
            letters.splice(at..end, piece.chars());
        }
        texts.push(letters.into_iter().collect::<String>());
    }
    let folder = tempfile::tempdir().unwrap();
    let lines: Vec<String> = texts
        .iter()
        .map(|text| text.bytes().map(|byte| format!("{byte:02x}")).collect())
        .collect();
    fs::write(folder.path().join("cases"), lines.join("\n")).unwrap();
    fs::write(folder.path().join("Faults.java"), PROGRAM).unwrap();
    let mut java = Command::new("java");
    let Ok(output) = java
        .args(["Faults.java", "cases"])
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
    assert_eq!(
        told.lines().count(),
        texts.len(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let mut same = 0;
    for (text, theirs) in texts.iter().zip(told.lines()) {
        let ours = Document::parse(text).map_or_else(|error| error.to_string(), |_| "OK".into());
        assert!(
            ours != "OK" || theirs == "OK",
            "accepted: {text:?}\nJDK: {theirs}"
        );
        same += usize::from(ours == theirs);
        if ours != theirs {
            println!("{text:?}\n  JDK:  {theirs}\n  ours: {ours}");
        }
    }
    println!("{same} of {} alike", texts.len());
    assert!(
        same * 100 >= texts.len() * 97,
        "{same} of {} alike",
        texts.len()
    );
}
