#!/usr/bin/env python3
"""Puts the requests of Presidio's end-to-end tests (analyzer, anonymizer, flows; state of
2026) and compares whole answers with what Presidio gives. What differs by design stands
here with its reason; a difference without one fails, and so does a reason without a
difference.   usage: presidio.py http://127.0.0.1:8737"""
import json, sys, urllib.error, urllib.request

base, failed, passed, excepted = sys.argv[1], 0, 0, []
SCORE = "our scores are probabilities; documents of the United States have no category"
LICENCE = "John Smith drivers license is AC432223"
ZIP = {"name": "Zip code", "supported_language": "en", "supported_entity": "ZIP", "patterns": [{"name": "zip", "regex": r"(\b\d{5}(?:\-\d{4})?\b)", "score": 0.01}]}
JANE = "hello world, my name is Jane Doe. My number is: 034453334"
PARK = "I'm George Washington Square Park"
SEALED = "e6HnOMnIxbd4a8Qea44LshQDnjvxwzBIaAz+YqHNnMW2mC5r3AWoay8Spsoajyyy"


def ask(path, body=None):
    data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
    try:
        with urllib.request.urlopen(urllib.request.Request(base + path, data, {"Content-Type": "application/json"})) as r:
            return r.status, json.loads(r.read())
    except urllib.error.HTTPError as e:
        return e.code, json.loads(e.read())


def plain(answer):
    if isinstance(answer, list):
        return sorted((plain(x) for x in answer), key=lambda x: json.dumps(x, sort_keys=True))
    if isinstance(answer, dict):
        return {k: plain(v) for k, v in answer.items() if k != "recognition_metadata"}
    return answer


def case(name, path, body, status, want, reason=None):
    """want: Presidio's whole answer, or None where only the status is tested."""
    global failed, passed
    got = ask(path, body)
    same = got[0] == status and (want is None or plain(got[1]) == plain(want))
    if same and reason is None:
        passed += 1
    elif not same and reason is not None:
        excepted.append(f"{name}: {reason}")
    else:
        failed += 1
        print(f"FAILED {name}: {'as Presidio, though excepted' if same else json.dumps(got)[:300]}")


def results(*found):
    return [{"entity_type": e, "start": a, "end": b, "score": s, "analysis_explanation": None} for e, a, b, s in found]


def spans(*found):
    return [{"entity_type": e, "start": a, "end": b, "score": s} for e, a, b, s in found]


def items(text, *written):
    return {"text": text, "items": [{"operator": o, "entity_type": e, "start": a, "end": b, "text": t} for o, e, a, b, t in written]}


def analyze(**more):
    return {"text": LICENCE, "language": "en", **more}


def error(text):
    return {"error": text}


PERSON, DRIVER = ("PERSON", 0, 10, 0.85), ("US_DRIVER_LICENSE", 30, 38, 0.6499999999999999)
case("a text", "/analyze", analyze(), 200, results(PERSON, DRIVER), SCORE)
case("a threshold", "/analyze", analyze(score_threshold=0.7), 200, results(PERSON), SCORE)
case("an empty body", "/analyze", {}, 500, error("No text provided"))
case("no text", "/analyze", {"language": "en"}, 500, error("No text provided"))
case("no language", "/analyze", {"text": LICENCE}, 500, error("No language provided"))
case("a language that nobody reads", "/analyze", analyze(language="zz"), 500, error("No matching recognizers were found to serve the request."))
case("a correlation id", "/analyze", analyze(correlation_id="123"), 200, None)
case("a trace", "/analyze", analyze(trace="1"), 200, None)
case("another trace", "/analyze", analyze(trace="somedata"), 200, None)
case("no decision process", "/analyze", analyze(return_decision_process=0), 200, results(PERSON, DRIVER), SCORE)
case("a decision process", "/analyze", {"text": "John Smith license is AC432223", "language": "en", "return_decision_process": True}, 200, [], "their recognizers' names and patterns")
case("a decision process with context", "/analyze", {"text": "John Smith D.L. is AC432223", "language": "en", "return_decision_process": True, "context": ["Driver license"]}, 200,
     [{"entity_type": "PERSON"}, {"entity_type": "US_DRIVER_LICENSE"}], "their recognizers' names and patterns; context counts for recognizers of the request alone")
case("some entities", "/analyze", analyze(entities=["PERSON"]), 200, results(PERSON), SCORE)
for query in ("language=en", "uknown=input"):
    case(f"entities, {query}", f"/supportedentities?{query}", None, 200, ["PHONE_NUMBER", "US_DRIVER_LICENSE"], "the list is ours")
case("entities of a language that nobody reads", "/supportedentities?language=he", None, 500, error("No matching recognizers were found to serve the request."))
zipped = {"text": LICENCE + ". Zip code: 10023", "language": "en", "entities": ["ZIP"]}  # theirs asks for all entities: see "a text"
case("a pattern of the request", "/analyze", {**zipped, "ad_hoc_recognizers": [ZIP]}, 200, results(("ZIP", 50, 55, 0.01)))
case("context of a pattern", "/analyze", {**zipped, "ad_hoc_recognizers": [{**ZIP, "context": ["zip", "code"]}]}, 200, results(("ZIP", 50, 55, 0.4)))
case("a pattern with wrong fields", "/analyze", {**zipped, "ad_hoc_recognizers": [{**ZIP, "patterns": [{"type": "x", "bebex": "x", "confidence": 0.01}]}]}, 400,
     error("Failed to parse /analyze request for AnalyzerEngine.analyze(). Pattern.__init__() got an unexpected keyword argument 'type'"), "status 400 as theirs; the words name the field, not a Python argument")
case("words of the request", "/analyze", {"text": "Mr. John Smith's drivers license is AC432223", "language": "en", "entities": ["MR_TITLE", "MS_TITLE"],
     "ad_hoc_recognizers": [{"name": n, "supported_language": "en", "deny_list": d, "supported_entity": e} for n, d, e in (("Mr.", ["Mr.", "Mister"], "MR_TITLE"), ("Ms.", ["Ms.", "Miss", "Mrs."], "MS_TITLE"))]},
     200, results(("MR_TITLE", 0, 3, 1.0)))

replace = {"type": "replace", "new_value": "ANONYMIZED"}
mask = {"type": "mask", "masking_char": "*", "chars_to_mask": 4, "from_end": True}
case("replace and mask", "/anonymize", {"text": JANE, "anonymizers": {"DEFAULT": replace, "PHONE_NUMBER": mask},
     "analyzer_results": spans(("NAME", 24, 32, 0.8), ("FIRST_NAME", 24, 28, 0.8), ("LAST_NAME", 29, 32, 0.6), ("PHONE_NUMBER", 48, 57, 0.95))}, 200,
     items("hello world, my name is ANONYMIZED. My number is: 03445****", ("mask", "PHONE_NUMBER", 50, 59, "03445****"), ("replace", "NAME", 24, 34, "ANONYMIZED")))
case("an empty text", "/anonymize", {"text": "", "anonymizers": {"DEFAULT": replace}, "analyzer_results": []}, 200, items(""))
case("nothing found", "/anonymize", {"text": "hello world! nice to meet you!", "anonymizers": {"DEFAULT": replace}, "analyzer_results": []}, 200, items("hello world! nice to meet you!"))
case("no JSON", "/anonymize", b'{"text": "a", "anonymizers": {"DEFAULT": {"type": "replace"},}}', 400,
     error("The browser (or proxy) sent a request that this server could not understand."), "status 400 as theirs; the words say that it is no JSON")
case("custom", "/anonymize", {"text": "mail: email1@conto.com", "anonymizers": {"DEFAULT": {"type": "custom", "new_value": "lambda x: x[::-1]"}}, "analyzer_results": spans(("EMAIL_ADDRESS", 6, 22, 1.0))}, 400,
     error("Custom type anonymizer is not supported"))
case("operators", "/anonymizers", None, 200, ["hash", "mask", "redact", "replace", "encrypt", "custom"], "custom is not listed, which no server takes; keep and surrogate are")
unseal = {"text": SEALED, "anonymizer_results": [{"start": 0, "end": len(SEALED), "entity_type": "NUMBER"}]}
case("decrypt", "/deanonymize", {**unseal, "deanonymizers": {"NUMBER": {"type": "decrypt", "key": "1" * 16}}}, 200, items("text_for_encryption", ("decrypt", "NUMBER", 0, 19, "text_for_encryption")))
case("a key of a wrong length", "/deanonymize", {**unseal, "deanonymizers": {"NUMBER": {"type": "decrypt", "key": "invalidkey"}}}, 422, error("Invalid input, key must be of length 128, 192 or 256 bits"))
case("nothing to decrypt", "/deanonymize", {"text": SEALED}, 200, items(SEALED))
case("no text to decrypt", "/deanonymize", {"key": "1" * 16}, 200, items(""))
case("nothing at all", "/deanonymize", {}, 400, error("Invalid request json"))
lorem = "Lorem Ipsum is a Software Engineer"
_, sealed = ask("/anonymize", {"text": lorem, "anonymizers": {"DEFAULT": {"type": "encrypt", "key": "1" * 16}, "TITLE": {"type": "encrypt", "key": "2" * 16}},
                               "analyzer_results": spans(("NAME", 0, 12, 0.8), ("TITLE", 18, len(lorem), 0.8))})
case("encrypt and back", "/deanonymize", {"text": sealed["text"], "deanonymizers": {"DEFAULT": {"type": "decrypt", "key": "1" * 16}, "TITLE": {"type": "decrypt", "key": "2" * 16}},
     "anonymizer_results": [{"start": 0, "end": 44, "entity_type": "NAME"}, {"start": 50, "end": 114, "entity_type": "TITLE"}]}, 200,
     items(lorem, ("decrypt", "TITLE", 18, 34, "oftware Engineer"), ("decrypt", "NAME", 0, 12, "Lorem Ipsum ")))
case("keep", "/anonymize", {"text": JANE, "anonymizers": {"NAME": {"type": "keep"}, "PHONE_NUMBER": {"type": "replace"}}, "analyzer_results": spans(("NAME", 24, 32, 0.8), ("PHONE_NUMBER", 48, 57, 0.95))}, 200,
     items("hello world, my name is Jane Doe. My number is: <PHONE_NUMBER>", ("replace", "PHONE_NUMBER", 48, 62, "<PHONE_NUMBER>"), ("keep", "NAME", 24, 32, "Jane Doe")))
for name, operators, want in (
    ("overlap, the first kept", {"NAME": {"type": "keep"}, "LOCATION": {"type": "replace"}},
     items("I'm George Washington<LOCATION>", ("replace", "LOCATION", 21, 31, "<LOCATION>"), ("keep", "NAME", 4, 21, "George Washington"))),
    ("overlap, the second kept", {"NAME": {"type": "replace"}, "LOCATION": {"type": "keep"}},
     items("I'm <NAME>Washington Square Park", ("keep", "LOCATION", 10, 32, "Washington Square Park"), ("replace", "NAME", 4, 10, "<NAME>"))),
    ("overlap, both kept", {"DEFAULT": {"type": "keep"}},
     items("I'm George WashingtonWashington Square Park", ("keep", "LOCATION", 21, 43, "Washington Square Park"), ("keep", "NAME", 4, 21, "George Washington")))):
    case(name, "/anonymize", {"text": PARK, "anonymizers": operators, "analyzer_results": spans(("NAME", 4, 21, 0.8), ("LOCATION", 11, 33, 0.8))}, 200, want)
found = spans(PERSON, DRIVER)  # the flows' second half; the first is "a text" and "a threshold"
person = {"type": "replace", "new_value": "<PERSON>"}
case("flow, mask and replace", "/anonymize", {"text": LICENCE, "anonymizers": {"DEFAULT": replace, "US_DRIVER_LICENSE": mask, "PERSON": person}, "analyzer_results": found}, 200,
     items("<PERSON> drivers license is AC43****", ("mask", "US_DRIVER_LICENSE", 28, 36, "AC43****"), ("replace", "PERSON", 0, 8, "<PERSON>")))
case("flow, a part", "/anonymize", {"text": LICENCE, "anonymizers": {"DEFAULT": replace, "PERSON": person}, "analyzer_results": found[:1]}, 200,
     items("<PERSON> drivers license is AC432223", ("replace", "PERSON", 0, 8, "<PERSON>")))
case("flow, another entity", "/anonymize", {"text": LICENCE, "anonymizers": {"ABC": person}, "analyzer_results": found}, 200,
     items("<PERSON> drivers license is <US_DRIVER_LICENSE>", ("replace", "US_DRIVER_LICENSE", 28, 47, "<US_DRIVER_LICENSE>"), ("replace", "PERSON", 0, 8, "<PERSON>")))

for line in excepted:
    print("excepted:", line)
print("not asked: pictures (DICOM, image redactor), the demo text (URLs, IBAN, US numbers)")
print(f"{passed} passed, {len(excepted)} excepted, {failed} failed")
sys.exit(failed > 0)
