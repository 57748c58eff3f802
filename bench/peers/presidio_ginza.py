"""A peer of the benchmark: Presidio with GiNZA. Texts come and findings go as
JSON Lines."""
import json, sys

from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
from presidio_analyzer.nlp_engine import NlpEngineProvider

CATEGORY = {"PERSON": "name", "EMAIL_ADDRESS": "email", "PHONE_NUMBER": "phone", "CREDIT_CARD": "card_number", "LOCATION": "address", "IP_ADDRESS": "ip_address"}
engine = NlpEngineProvider(nlp_configuration={"nlp_engine_name": "spacy", "models": [{"lang_code": "ja", "model_name": "ja_ginza"}],
    "ner_model_configuration": {"model_to_presidio_entity_mapping": {"Person": "PERSON", "City": "LOCATION", "Province": "LOCATION", "Country": "LOCATION", "GPE_Other": "LOCATION", "Location_Other": "LOCATION", "Postal_Address": "LOCATION", "Address_Other": "LOCATION", "PERSON": "PERSON", "LOC": "LOCATION", "GPE": "LOCATION"}}}).create_engine()
registry = RecognizerRegistry(supported_languages=["ja"])
registry.load_predefined_recognizers(languages=["ja"], nlp_engine=engine)
analyzer = AnalyzerEngine(nlp_engine=engine, registry=registry, supported_languages=["ja"])
for line in sys.stdin:
    r = json.loads(line)
    found = analyzer.analyze(text=r["text"], language="ja", entities=[e for e in CATEGORY if e in analyzer.get_supported_entities("ja")])
    print(json.dumps({"id": r["id"], "findings": [{"category": CATEGORY[f.entity_type], "start": f.start, "end": f.end} for f in found]}), flush=True)
