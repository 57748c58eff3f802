"""Presidio's analyzer for Japanese, with GiNZA."""
from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
from presidio_analyzer.nlp_engine import NlpEngineProvider

PLACES = "City Province Country GPE_Other Location_Other Postal_Address Address_Other LOC GPE".split()


def analyzer():
    engine = NlpEngineProvider(nlp_configuration={"nlp_engine_name": "spacy", "models": [{"lang_code": "ja", "model_name": "ja_ginza"}],
        "ner_model_configuration": {"model_to_presidio_entity_mapping": {"Person": "PERSON", "PERSON": "PERSON", **{p: "LOCATION" for p in PLACES}}}}).create_engine()
    registry = RecognizerRegistry(supported_languages=["ja"])
    registry.load_predefined_recognizers(languages=["ja"], nlp_engine=engine)
    return AnalyzerEngine(nlp_engine=engine, registry=registry, supported_languages=["ja"])
