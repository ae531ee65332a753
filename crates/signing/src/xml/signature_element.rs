//! The structure of a `ds:Signature`, before anything is verified.

use super::algorithms::{DSIG, EXCLUSIVE};
use super::c14n::Canonicalization;
use super::report::XmlProblem;
use super::scan::MAX_NAMESPACES;
use crate::base64_text;
use pki::Certificate;
use roxmltree::Node;

/// Most References, transforms and certificates of one signature.
const MAX_PARTS: usize = 32;

/// A signature's parts. Source: XMLDSig 1.1 section 4.
pub(crate) struct SignatureElement<'a, 'input> {
    pub signed_info: Node<'a, 'input>,
    pub canonicalization: Canonicalization,
    pub signature_method: &'a str,
    pub references: Vec<Reference<'a>>,
    pub signature_value: Vec<u8>,
    pub certificates: Vec<Certificate>,
}

pub(crate) struct Reference<'a> {
    pub uri: Option<&'a str>,
    pub transforms: Vec<Transform<'a>>,
    pub digest_method: &'a str,
    pub digest_value: Vec<u8>,
}

pub(crate) struct Transform<'a> {
    pub algorithm: &'a str,
    /// What it is, when it is a canonicalisation.
    pub canonicalization: Option<Canonicalization>,
}

impl<'a, 'input> SignatureElement<'a, 'input> {
    pub(crate) fn read(signature: Node<'a, 'input>) -> Result<Self, XmlProblem> {
        let mut parts = children(signature)?.into_iter();
        let signed_info = expect(parts.next(), "SignedInfo")?;
        let value = expect(parts.next(), "SignatureValue")?;
        let mut certificates = Vec::new();
        for (position, part) in parts.enumerate() {
            match part.tag_name().name() {
                "KeyInfo" if position == 0 && is_ds(part) => {
                    certificates = read_certificates(part)?
                }
                "Object" if is_ds(part) => {}
                _ => return Err(XmlProblem::Structure("an unknown element in Signature")),
            }
        }
        let mut parts = children(signed_info)?.into_iter();
        let method = expect(parts.next(), "CanonicalizationMethod")?;
        let algorithm = algorithm(method)?;
        let canonicalization = canonicalization(method)?.ok_or_else(|| {
            XmlProblem::UnknownCanonicalization(algorithm.chars().take(120).collect())
        })?;
        let signature_method = self::algorithm(expect(parts.next(), "SignatureMethod")?)?;
        let references = parts.map(read_reference).collect::<Result<Vec<_>, _>>()?;
        if references.is_empty() {
            return Err(XmlProblem::Structure("no Reference"));
        }
        Ok(Self {
            signed_info,
            canonicalization,
            signature_method,
            references,
            signature_value: base64_of(value)?,
            certificates,
        })
    }
}

fn read_reference<'a>(reference: Node<'a, '_>) -> Result<Reference<'a>, XmlProblem> {
    let reference = expect(Some(reference), "Reference")?;
    let mut parts = children(reference)?.into_iter().peekable();
    let transforms =
        match parts.next_if(|part| is_ds(*part) && part.tag_name().name() == "Transforms") {
            None => Vec::new(),
            Some(transforms) => children(transforms)?
                .into_iter()
                .map(read_transform)
                .collect::<Result<_, _>>()?,
        };
    let digest_method = algorithm(expect(parts.next(), "DigestMethod")?)?;
    let digest_value = base64_of(expect(parts.next(), "DigestValue")?)?;
    if parts.next().is_some() {
        return Err(XmlProblem::Structure("an unknown element in Reference"));
    }
    Ok(Reference {
        uri: reference.attribute("URI"),
        transforms,
        digest_method,
        digest_value,
    })
}

fn read_transform<'a>(transform: Node<'a, '_>) -> Result<Transform<'a>, XmlProblem> {
    let transform = expect(Some(transform), "Transform")?;
    Ok(Transform {
        algorithm: algorithm(transform)?,
        canonicalization: canonicalization(transform)?,
    })
}

/// The canonicalisation that an element's Algorithm names, with its InclusiveNamespaces.
fn canonicalization(element: Node<'_, '_>) -> Result<Option<Canonicalization>, XmlProblem> {
    let Some(mut form) = Canonicalization::from_uri(algorithm(element)?) else {
        return Ok(None);
    };
    for child in children(element)? {
        if !child.has_tag_name((EXCLUSIVE, "InclusiveNamespaces")) || !form.exclusive {
            return Err(XmlProblem::Structure(
                "an unknown parameter of a canonicalisation",
            ));
        }
        let prefixes = child
            .attribute("PrefixList")
            .unwrap_or_default()
            .split_ascii_whitespace();
        form.inclusive_prefixes = prefixes
            .map(|prefix| if prefix == "#default" { "" } else { prefix }.to_owned())
            .take(MAX_NAMESPACES + 1)
            .collect();
        if form.inclusive_prefixes.len() > MAX_NAMESPACES {
            return Err(XmlProblem::Structure("more prefixes than are read here"));
        }
    }
    Ok(Some(form))
}

fn read_certificates(key_info: Node<'_, '_>) -> Result<Vec<Certificate>, XmlProblem> {
    let mut certificates = Vec::new();
    for data in children(key_info)?
        .into_iter()
        .filter(|part| part.has_tag_name((DSIG, "X509Data")))
    {
        for part in children(data)?
            .into_iter()
            .filter(|part| part.has_tag_name((DSIG, "X509Certificate")))
        {
            let certificate = Certificate::from_der(&base64_of(part)?)
                .map_err(|_| XmlProblem::Structure("the certificate cannot be read"))?;
            certificates.push(certificate);
        }
    }
    if certificates.len() > MAX_PARTS {
        return Err(XmlProblem::Structure(
            "more certificates than are read here",
        ));
    }
    Ok(certificates)
}

/// The elements inside; text between them must be white space.
fn children<'a, 'input>(element: Node<'a, 'input>) -> Result<Vec<Node<'a, 'input>>, XmlProblem> {
    let mut elements = Vec::new();
    for child in element.children() {
        if child.is_element() {
            elements.push(child);
        } else if child.is_text() && child.text().is_some_and(|text| !text.trim().is_empty()) {
            return Err(XmlProblem::Structure("text between elements"));
        }
        if elements.len() > MAX_PARTS {
            return Err(XmlProblem::Structure("more elements than are read here"));
        }
    }
    Ok(elements)
}

fn expect<'a, 'input>(
    node: Option<Node<'a, 'input>>,
    name: &'static str,
) -> Result<Node<'a, 'input>, XmlProblem> {
    node.filter(|node| node.has_tag_name((DSIG, name)))
        .ok_or(XmlProblem::Structure(name))
}

fn is_ds(node: Node<'_, '_>) -> bool {
    node.tag_name().namespace() == Some(DSIG)
}

fn algorithm<'a>(element: Node<'a, '_>) -> Result<&'a str, XmlProblem> {
    element
        .attribute("Algorithm")
        .ok_or(XmlProblem::Structure("no Algorithm"))
}

/// An element's text as base64. A comment inside would let two readers see two values: refused.
fn base64_of(element: Node<'_, '_>) -> Result<Vec<u8>, XmlProblem> {
    if element.children().any(|child| !child.is_text()) {
        return Err(XmlProblem::Structure("markup inside base64"));
    }
    base64_text::decode(element.text().unwrap_or_default())
        .ok_or(XmlProblem::Structure("base64 is damaged"))
}
