//! Requests that real pages and clients send, replayed over a real socket to the real agent.
//!
//! Two readings of each line that names a token: as it is (no token is plugged in, so the agent says so), and with
//! a key file in the token's place, which shows the shape of the signature.

#![allow(
    clippy::indexing_slicing,
    reason = "a member that a reply lacks reads as null"
)]

use std::{fs, path::Path};

use anyhow::{Context, Result, bail, ensure};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use e2e::{
    agent::Agent,
    judges::{self, Question},
    places,
    socket::Socket,
};
use serde_json::{Value, json};

const KEY: &str = "individual/GOST512_028343d1ee0ad94f42789fc6a236572bf290147f.p12";

/// What a page gets.
enum Expected {
    /// These very members, in any order.
    Exactly(Value),
    /// `code` 500 with a text: refused on purpose, or a method of which a later version is capable.
    Refused,
    /// `status` false with this code.
    Failed(&'static str),
    /// commonUtils: one signed document.
    Xml,
    /// commonUtils: so many signed documents.
    Xmls(usize),
    /// commonUtils: a CMS in bare base64, attached or not.
    Cms {
        attached: bool,
    },
    /// basics: so many CMS in PEM.
    Pems {
        count: usize,
        attached: bool,
    },
    /// basics: one signed document in an array.
    XmlArray,
    /// The twelve members of getKeyInfo.
    KeyInfo,
    /// A map from bundle to version.
    Bundles,
    /// Anything that is not a signature and does not hang; the window of settings opens.
    AnyReply,
    /// The text itself comes back.
    Echo,
    /// Nothing at all: what is asked next is answered next.
    Silence,
    /// basics: one bare signature over these bytes.
    RawArray(&'static [u8]),
    /// The procurement portal's module.
    Procurement(Signed),
    /// The tax cabinet's module: one certificate, or one signed document.
    TaxCertificate,
    TaxDocument,
    /// Logging in to the invoices' module with this text.
    InvoiceLogIn(&'static str),
    /// The applet's module.
    Applet(Result<Told, &'static str>),
}

/// What is signed for the procurement portal.
enum Signed {
    Document,
    Content,
    Documents(&'static [&'static str]),
}

/// What the applet tells.
enum Told {
    /// `ALG|CN|SERIAL|ALIAS`.
    Key,
    /// `dd.MM.yyyy HH:mm:ss`.
    Date,
    /// A bare signature over this text.
    Raw(&'static str),
    Cms,
    /// A document in which one element is signed.
    Element,
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_of_real_pages_are_answered_as_they_expect() -> Result<()> {
    let Some(corpus) = places::third_party("spec/requests.jsonl")? else {
        return Ok(());
    };
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("agent");
    fs::create_dir_all(&data)?;
    let settings = "[network]\nway = \"offline\"\n[modules]\napplet = true\n";
    fs::write(data.join("settings.toml"), settings)?;
    let agent = Agent::with_robot(folder.path(), &places::key(KEY), "Qwerty12", "")?;
    let mut socket = Socket::connect(agent.port, &agent.ca, Some("https://localhost")).await?;
    let info = json!({
        "module": "kz.gov.pki.knca.commonUtils", "method": "getKeyInfo", "args": ["PKCS12"]
    });
    let info = socket.ask(&info).await?;
    let pem = info["responseObject"]["pem"]
        .as_str()
        .context("a certificate")?;
    fs::write(folder.path().join(CERTIFICATE), pem)?;
    let (mut lines, mut replayed) = (0, 0);
    let mut problems = Vec::new();
    for line in fs::read_to_string(corpus)?.lines() {
        let line: Value = serde_json::from_str(line)?;
        let id = line["id"].as_str().context("an id")?;
        lines += 1;
        for request in readings(&line["request"]) {
            let expected = expected(id, &request)?;
            let text = request
                .as_str()
                .map_or_else(|| request.to_string(), str::to_owned);
            let asked = if matches!(expected, Expected::Silence) {
                socket.send(&text).await?;
                HEARTBEAT
            } else {
                &text
            };
            let reply = socket
                .ask_text(asked)
                .await
                .with_context(|| format!("{id} {text}"))?;
            if let Err(problem) = check(&expected, &text, &reply, folder.path()) {
                problems.push(format!("{id}: {text}\n    {reply:.300}\n    {problem:#}"));
            }
            replayed += 1;
        }
    }
    ensure!(
        problems.is_empty(),
        "{} of {replayed} replies are wrong:\n{}",
        problems.len(),
        problems.join("\n")
    );
    ensure!(lines == 105, "the corpus has {lines} lines");
    ensure!(replayed > 100, "only {replayed} requests were replayed");
    socket.close().await;
    agent.end()
}

/// The request as it is and, where it names a token, with a key file instead.
fn readings(request: &Value) -> Vec<Value> {
    let with_file: Value =
        match serde_json::from_str(&request.to_string().replace("AKKaztokenStore", "PKCS12")) {
            Ok(value) => value,
            Err(_) => return vec![request.clone()],
        };
    if with_file == *request {
        vec![with_file]
    } else {
        vec![request.clone(), with_file]
    }
}

/// The robot's certificate, as the agent hands it out.
const CERTIFICATE: &str = "robot.pem";

const HEARTBEAT: &str = "--heartbeat--";

/// What NCALayer 1.4's rules promise for this request, and where we differ on purpose.
fn expected(id: &str, request: &Value) -> Result<Expected> {
    let Some(module) = request["module"].as_str() else {
        return Ok(match request.as_str() {
            Some(HEARTBEAT) => Expected::Echo,
            Some(_) => Expected::Exactly(
                json!({"success": false, "code": "COMMON_JSON_WRAPPING_EXCEPTION"}),
            ),
            None => applet(id)?,
        });
    };
    let method = request["method"].as_str().unwrap_or_default();
    Ok(match module {
        "kz.gov.pki.knca.commonUtils" => common_utils(id, method, &request["args"])?,
        "kz.gov.pki.knca.basics" => basics(id, &request["args"]),
        "kz.gov.pki.ncalayerservices.accessory" if method == "getBundles" => Expected::Bundles,
        "kz.gov.pki.ncalayerservices.accessory" if method == "installBundle" => not_found(),
        "kz.gov.pki.ncalayerservices.accessory" => Expected::AnyReply,
        "NURSign" => procurement(id)?,
        "kz.inessoft.kgd.knp.ncalayer.KNPModuleService" => tax_cabinet(id)?,
        "com.osdkz.esf.signer.esfSigner" => Expected::InvoiceLogIn("esf-auth-1763751600000"),
        _ => not_found(),
    })
}

fn not_found() -> Expected {
    Expected::Exactly(json!({"success": false, "errorCode": "MODULE_NOT_FOUND"}))
}

fn procurement(id: &str) -> Result<Expected> {
    Ok(match id {
        "R093" => Expected::Exactly(json!({"result": {"version": "1.0.0"}, "errorCode": "NONE"})),
        "R094" => Expected::Procurement(Signed::Document),
        "R096" | "R100" => Expected::Procurement(Signed::Content),
        "R098" => Expected::Procurement(Signed::Documents(&["1", "2"])),
        // It would be sent to an address of the page's choice.
        "R099" => Expected::Exactly(json!({
            "errorCode": "500", "errorMessage": "Tanba sends no files for a page"
        })),
        _ => bail!("{id}: nothing is expected"),
    })
}

fn tax_cabinet(id: &str) -> Result<Expected> {
    let done = |mut members: Value| {
        members["resultStatus"] = json!({"resultCode": "OK"});
        members["requestId"] = json!("1");
        Expected::Exactly(members)
    };
    Ok(match id {
        "R102" => done(json!({"type": "personal", "version": "1.1.0", "status": "READY"})),
        "R103" => done(json!({"storages": [
            {"name": "PKCS12", "token": false},
            {"name": "KAZTOKEN", "token": true},
            {"name": "KZIDCARD", "token": true},
            {"name": "ETOKEN_72K", "token": true},
            {"name": "JACARTA", "token": true},
        ]})),
        "R104" => done(json!({"tokenTerminals": []})),
        "R105" => Expected::TaxCertificate,
        "R106" => Expected::TaxDocument,
        _ => bail!("{id}: nothing is expected"),
    })
}

fn applet(id: &str) -> Result<Expected> {
    Ok(match id {
        // The other reading asks for the slots of files, of which there are none either.
        "R111" => Expected::Applet(Err("EMPTY_SLOT")),
        "R112" | "R113" => Expected::Applet(Ok(Told::Key)),
        "R114" => Expected::Silence,
        "R115" => Expected::Applet(Ok(Told::Date)),
        "R120" => Expected::Applet(Ok(Told::Raw("текст"))),
        "R126" => Expected::Applet(Ok(Told::Element)),
        // What stands in the corpus is no signature.
        "R121" => Expected::Applet(Err("SIGNATURE_VALIDATION_ERROR")),
        "R122" => Expected::Applet(Ok(Told::Cms)),
        // The robot lets no file be read that a page names.
        "R123" => Expected::Applet(Err("COMMON")),
        _ => bail!("{id}: nothing is expected"),
    })
}

fn common_utils(id: &str, method: &str, args: &Value) -> Result<Expected> {
    let failure = |message: String| Expected::Exactly(json!({"code": "500", "message": message}));
    let mismatch =
        format!("java.lang.IllegalArgumentException: argument type mismatch. Method: {method}");
    Ok(match id {
        "R003" | "R004" | "R006" | "R015" | "R020" | "R025" | "R029" => failure(mismatch),
        "R011" => Expected::Exactly(json!({"code": "500"})),
        "R021" => failure(
            "org.xml.sax.SAXParseException; lineNumber: 1; columnNumber: 25; \
             XML document structures must start and end within the same entity."
                .to_owned(),
        ),
        // A "digest" of 68 bytes: NCALayer signs what no verifier accepts, we refuse.
        "R012" | "R013" | "R014" if args[0] == "PKCS12" => Expected::Refused,
        "R130" | "R131" | "R132" | "R133" | "R134" => {
            failure(format!("NoSuchMethodException {method}"))
        }
        _ => match method {
            "getActiveTokens" => Expected::Exactly(json!({"code": "200", "responseObject": []})),
            "changeLocale" => Expected::Exactly(json!({"code": "200"})),
            // Offline there is no time stamp; never a signature without one in disguise.
            "createCMSSignatureFromBase64" | "applyCAdEST" if args[0] == "PKCS12" => {
                Expected::Refused
            }
            _ if args[0] != "PKCS12" => failure("storage.empty".to_owned()),
            // A path of another system is none here.
            "createCMSSignatureFromFile" => failure("file.not_found".to_owned()),
            "getKeyInfo" => Expected::KeyInfo,
            "signXml" => Expected::Xml,
            "signXmls" => Expected::Xmls(args[2].as_array().map_or(0, Vec::len)),
            "createCAdESFromBase64" => Expected::Cms {
                attached: args[3] == true,
            },
            "createCAdESFromBase64Hash" => Expected::Cms { attached: false },
            other => bail!("{id}: nothing is expected of {other}"),
        },
    })
}

fn basics(id: &str, args: &Value) -> Expected {
    let parameters = &args["signingParams"];
    let file_allowed = args["allowedStorages"]
        .as_array()
        .is_none_or(|list| list.contains(&json!("PKCS12")));
    match id {
        "R032" => Expected::Exactly(json!({
            "status": false,
            "code": "INVOCATION_ERROR",
            "message": "An invoked method threw an exception.",
            "details": "org.json.JSONException: JSONObject[\"signingParams\"] is not a JSONObject.",
        })),
        "R078" => Expected::Failed("GENERAL_ERROR"),
        // A "digest" of 3 bytes, which no key signs.
        "R037" => Expected::Failed("INVALID_SIGNING_PARAMS"),
        // Only tokens are allowed and there is none, or the digest fits no key: the person can but close the window.
        "R038" => Expected::Exactly(json!({"status": true, "body": {}})),
        _ if !file_allowed => Expected::Exactly(json!({"status": true, "body": {}})),
        // The site wants somebody of an organisation; the robot's key is an individual's. (clientAuth alone is no
        // obstacle: every key issued since 2024 logs in without that OID.)
        _ if args["signerParams"]["extKeyUsageOids"]
            .as_array()
            .is_some_and(|oids| {
                oids.iter().any(|oid| {
                    oid.as_str()
                        .is_some_and(|oid| oid.starts_with("1.2.398.3.3.4.1.2"))
                })
            }) =>
        {
            Expected::Exactly(json!({"status": true, "body": {}}))
        }
        // Offline there is no time stamp, and without one there is no signature.
        _ if parameters["tsaProfile"].is_object() => Expected::Failed("SIGNING_FAILURE"),
        _ if args["format"] == "xml" => Expected::XmlArray,
        _ if args["format"] == "raw" => Expected::RawArray(b"11\n"),
        _ => Expected::Pems {
            count: args["data"].as_array().map_or(1, Vec::len),
            attached: parameters["encapsulate"] != false,
        },
    }
}

fn check(expected: &Expected, request: &str, reply: &str, folder: &Path) -> Result<()> {
    match expected {
        Expected::Echo => {
            ensure!(reply == request, "not an echo");
            return Ok(());
        }
        Expected::Silence => {
            ensure!(reply == HEARTBEAT, "an answer");
            return Ok(());
        }
        _ => {}
    }
    let reply: Value = serde_json::from_str(reply).context("not JSON")?;
    let object = &reply["responseObject"];
    let result = &reply["body"]["result"];
    match expected {
        Expected::Exactly(wanted) => ensure!(reply == *wanted, "expected {wanted}"),
        Expected::Refused => {
            ensure!(
                reply["code"] == "500" && reply["message"].as_str().is_some_and(|m| m.len() > 10),
                "not refused"
            );
        }
        Expected::Failed(code) => ensure!(
            reply["status"] == false && reply["code"] == *code,
            "not {code}"
        ),
        Expected::Xml => signed_xml(success(&reply)?, folder)?,
        Expected::Xmls(count) => {
            let documents = success(&reply)?.as_array().context("an array")?;
            ensure!(documents.len() == *count, "{} documents", documents.len());
            documents
                .iter()
                .try_for_each(|document| signed_xml(document, folder))?;
        }
        Expected::Cms { attached } => {
            let text = success(&reply)?.as_str().context("a text")?;
            cms(&BASE64_STANDARD.decode(text)?, *attached, folder)?;
        }
        Expected::Pems { count, attached } => {
            ensure!(reply["status"] == true, "no success");
            let items = result.as_array().context("result is an array")?;
            ensure!(items.len() == *count, "{} signatures", items.len());
            for item in items {
                let pem = item.as_str().context("a text")?;
                let body = pem
                    .strip_prefix("-----BEGIN CMS-----\n")
                    .context("no armour")?;
                let body = body
                    .strip_suffix("-----END CMS-----\n")
                    .context("no end of armour")?;
                cms(
                    &BASE64_STANDARD.decode(body.replace('\n', ""))?,
                    *attached,
                    folder,
                )?;
            }
        }
        Expected::XmlArray => {
            ensure!(
                reply["status"] == true && result.as_array().is_some_and(|a| a.len() == 1),
                "not one document"
            );
            signed_xml(&result[0], folder)?;
        }
        Expected::KeyInfo => key_info(object)?,
        Expected::RawArray(content) => {
            ensure!(
                reply["status"] == true && result.as_array().is_some_and(|a| a.len() == 1),
                "not one signature"
            );
            raw(&result[0], content, folder)?;
        }
        Expected::Procurement(signed) => {
            ensure!(reply["errorCode"] == "NONE", "no success");
            let result = &reply["result"];
            match signed {
                Signed::Document => signed_xml(result, folder)?,
                Signed::Content => {
                    let text = result.as_str().context("a text")?;
                    cms(&BASE64_STANDARD.decode(text)?, true, folder)?;
                }
                Signed::Documents(names) => {
                    let items = result["items"].as_object().context("items")?;
                    ensure!(items.keys().eq(names.iter()), "other names");
                    items
                        .values()
                        .try_for_each(|item| signed_xml(item, folder))?;
                }
            }
        }
        Expected::TaxCertificate | Expected::TaxDocument => {
            ensure!(
                reply["resultStatus"]["resultCode"] == "OK" && reply["requestId"] == "1",
                "no success"
            );
            if matches!(expected, Expected::TaxDocument) {
                signed_xml(&reply["signedXml"], folder)?;
            } else {
                let certificates = reply["certificates"].as_array().context("an array")?;
                ensure!(certificates.len() == 1, "not one certificate");
                key_info(&certificates[0])?;
            }
        }
        Expected::InvoiceLogIn(text) => {
            let object = success(&reply)?;
            key_info(&object["authKeyInfo"])?;
            raw(&object["signature"], text.as_bytes(), folder)?;
        }
        Expected::Applet(Err(code)) => {
            ensure!(reply == json!({"errorCode": code}), "not {code}");
        }
        Expected::Applet(Ok(told)) => {
            ensure!(reply["errorCode"] == "NONE", "no success");
            applet_told(told, &reply["result"], folder)?;
        }
        Expected::Bundles => {
            let map = reply.as_object().context("a map")?;
            ensure!(
                !map.is_empty() && map.values().all(Value::is_string),
                "not bundle versions"
            );
        }
        Expected::AnyReply => {
            ensure!(
                reply.is_object() && !reply.to_string().contains("BEGIN"),
                "data for a page that asked for none"
            );
        }
        Expected::Echo | Expected::Silence => {}
    }
    Ok(())
}

fn applet_told(told: &Told, result: &Value, folder: &Path) -> Result<()> {
    let text = result.as_str().context("a text")?;
    match told {
        Told::Key => {
            let fields: Vec<_> = text.split('|').collect();
            ensure!(
                fields.len() == 4 && fields.iter().all(|field| !field.is_empty()),
                "not four fields"
            );
            Ok(())
        }
        Told::Date => {
            let shape: String = text
                .chars()
                .map(|it| if it.is_ascii_digit() { '0' } else { it })
                .collect();
            ensure!(shape == "00.00.0000 00:00:00", "no date");
            Ok(())
        }
        Told::Raw(content) => raw(result, content.as_bytes(), folder),
        Told::Cms => cms(&BASE64_STANDARD.decode(text)?, true, folder),
        Told::Element => signed_xml(result, folder),
    }
}

/// The twelve members of getKeyInfo.
fn key_info(object: &Value) -> Result<()> {
    let members = [
        "alias",
        "keyId",
        "algorithm",
        "subjectCn",
        "subjectDn",
        "issuerCn",
        "issuerDn",
        "serialNumber",
        "certNotAfter",
        "certNotBefore",
        "authorityKeyIdentifier",
        "pem",
    ];
    for member in members {
        ensure!(
            object[member].as_str().is_some_and(|text| !text.is_empty()),
            "no {member}"
        );
    }
    let milliseconds: i64 = object["certNotAfter"]
        .as_str()
        .unwrap_or_default()
        .parse()?;
    ensure!(milliseconds > 1_000_000_000_000, "not milliseconds");
    Ok(())
}

/// A bare signature of the robot's key, in base64.
fn raw(signature: &Value, content: &[u8], folder: &Path) -> Result<()> {
    let signature = BASE64_STANDARD.decode(signature.as_str().context("a text")?)?;
    let (file, data) = (folder.join("replayed.raw"), folder.join("replayed.content"));
    fs::write(&file, signature)?;
    fs::write(&data, content)?;
    let certificate = folder.join(CERTIFICATE);
    judges::oracle(Question::Raw(&certificate, &file, &data))
}

/// The `responseObject` of a success, which must carry no `message`.
fn success(reply: &Value) -> Result<&Value> {
    ensure!(reply["code"] == "200", "no success");
    ensure!(
        reply.get("message").is_none(),
        "a success with a message is a failure to some clients"
    );
    Ok(&reply["responseObject"])
}

fn signed_xml(document: &Value, folder: &Path) -> Result<()> {
    let text = document.as_str().context("a text")?;
    ensure!(
        text.starts_with(r#"<?xml version="1.0" encoding="UTF-8" standalone="no"?>"#),
        "no declaration"
    );
    let file = folder.join("replayed.xml");
    fs::write(&file, text)?;
    judges::oracle(Question::Xml(&file))
}

fn cms(der: &[u8], attached: bool, folder: &Path) -> Result<()> {
    let file = folder.join("replayed.cms");
    fs::write(&file, der)?;
    if attached {
        return judges::oracle(Question::Attached(&file));
    }
    // Every detached request of the corpus signs the bytes of "MTEK" in base64, or that text itself.
    for content in [&b"11\n"[..], b"MTEK"] {
        let data = folder.join("replayed.content");
        fs::write(&data, content)?;
        if judges::oracle(Question::Detached(&file, &data)).is_ok() {
            return Ok(());
        }
    }
    bail!("the independent verifier refuses it with either content")
}
