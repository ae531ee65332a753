use super::{Json, JsonError, lenient, parse, strict};

fn text(value: &str) -> Json<'_> {
    Json::Text(value.into())
}

fn object<'a>(json: &'a Json<'a>) -> &'a super::Object<'a> {
    match json {
        Json::Object(object) => object,
        other => panic!("not an object: {other:?}"),
    }
}

#[test]
fn strict_json_is_read_the_same_by_both_parsers() {
    for json in [
        r#"{"module":"kz.gov.pki.knca.commonUtils","method":"signXml","args":["PKCS12","SIGNATURE","<a b=\"1\">\u041a</a>","",""]}"#,
        r#"{"a":[1,-2.5,true,false,null,[],{}],"b":{"c":"d"}}"#,
        r#""\ud83d\ude00 \\ \/ \b\f\n\r\t""#,
        "[]",
        " {} ",
    ] {
        assert_eq!(
            strict::parse(json).unwrap(),
            lenient::parse(json).unwrap(),
            "{json}"
        );
    }
}

#[test]
fn text_without_escapes_is_borrowed_from_the_request() {
    for json in [r#"["abc"]"#, "['abc']", "[abc]"] {
        let Json::Array(items) = parse(json).unwrap() else {
            panic!()
        };
        assert!(
            matches!(&items[0], Json::Text(std::borrow::Cow::Borrowed("abc"))),
            "{json}"
        );
    }
}

#[test]
fn names_without_quotes_and_line_breaks_are_read() {
    let json = parse("{ module: \"kz.gov.pki.knca.commonUtils\",\n  method: 'changeLocale',\r\n\targs: [ 'ru', ] }").unwrap();
    assert_eq!(
        object(&json).get("module"),
        Some(&text("kz.gov.pki.knca.commonUtils"))
    );
    assert_eq!(object(&json).get("method"), Some(&text("changeLocale")));
    assert_eq!(
        object(&json).get("args"),
        Some(&Json::Array(vec![text("ru")]))
    );
}

#[test]
fn org_json_delimiters_and_trailing_commas_are_read() {
    let json = parse("{a=1;b=>two words ;'c':null,}").unwrap();
    assert_eq!(object(&json).get("a"), Some(&Json::Number(1.0)));
    assert_eq!(object(&json).get("b"), Some(&text("two words")));
    assert_eq!(object(&json).get("c"), None);
    assert_eq!(
        parse("[1,,2]").unwrap(),
        Json::Array(vec![Json::Number(1.0), Json::Null, Json::Number(2.0)])
    );
}

#[test]
fn words_without_quotes_become_truth_values_numbers_or_text() {
    let json = parse("[TRUE, False, Null, 0x10, -5, 1e999, nan, кілт]").unwrap();
    let expected = [
        Json::Bool(true),
        Json::Bool(false),
        Json::Null,
        text("0x10"),
        Json::Number(-5.0),
        text("1e999"),
        text("nan"),
        text("кілт"),
    ];
    assert_eq!(json, Json::Array(expected.to_vec()));
}

#[test]
fn what_is_not_json_is_refused() {
    for bad in [
        "",
        " ",
        "{not json",
        "{",
        "}",
        "[",
        "]",
        "{a}",
        "{a:}",
        "{:1}",
        "{a:1 b:2}",
        "[1",
        "\"",
        "'",
        "\"\\",
        "\"\\x\"",
        "\"\\u12\"",
        "\"\\u+123\"",
        "\"\\ud800\"",
        "\"\\ud800\\u0041\"",
        "\"\\udc00\"",
        "{} {}",
        "{}x",
        "{\"a\":1}ұ",
        "\"a\nb\"",
        "[\"a\"ұ]",
    ] {
        assert!(
            matches!(parse(bad), Err(JsonError::Syntax { .. })),
            "{bad:?}: {:?}",
            parse(bad)
        );
    }
}

#[test]
fn a_member_named_twice_is_refused_in_both_forms() {
    assert_eq!(
        parse(r#"{"data":"a","data":"b"}"#),
        Err(JsonError::DuplicateName)
    );
    assert_eq!(
        parse("{data:'a',\"d\\u0061ta\":'b'}"),
        Err(JsonError::DuplicateName)
    );
}

#[test]
fn deep_nesting_is_refused_without_using_up_the_stack() {
    for unit in ["[", "{\"a\":", "{a:", "[{a:"] {
        assert_eq!(
            parse(&unit.repeat(200_000)),
            Err(JsonError::TooDeep),
            "{unit}"
        );
    }
    let deepest = format!("{}{}", "[".repeat(64), "]".repeat(64));
    assert!(parse(&deepest).is_ok());
}

#[test]
fn a_text_of_very_many_values_is_refused() {
    let many = format!("[{}0]", "0,".repeat(300_000));
    assert_eq!(parse(&many), Err(JsonError::TooMany));
    let lenient = format!("[{}]", ",".repeat(300_000));
    assert_eq!(parse(&lenient), Err(JsonError::TooMany));
}

#[test]
fn truth_values_may_come_as_text() {
    assert_eq!(text("true").to_bool(), Some(true));
    assert_eq!(text("False").to_bool(), Some(false));
    assert_eq!(Json::Bool(true).to_bool(), Some(true));
    assert_eq!(text("base64").to_bool(), None);
    assert_eq!(Json::Number(1.0).to_bool(), None);
}
