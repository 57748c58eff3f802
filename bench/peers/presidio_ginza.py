"""A peer of the benchmark: Presidio with GiNZA. Texts come and findings go as
JSON Lines."""
import json, sys

from with_ginza import analyzer

CATEGORY = {"PERSON": "name", "EMAIL_ADDRESS": "email", "PHONE_NUMBER": "phone", "CREDIT_CARD": "card_number", "LOCATION": "address", "IP_ADDRESS": "ip_address"}
analyzer = analyzer()
for line in sys.stdin:
    r = json.loads(line)
    found = analyzer.analyze(text=r["text"], language="ja", entities=[e for e in CATEGORY if e in analyzer.get_supported_entities("ja")])
    print(json.dumps({"id": r["id"], "findings": [{"category": CATEGORY[f.entity_type], "start": f.start, "end": f.end} for f in found]}), flush=True)
