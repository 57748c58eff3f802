"""Presidio's analyzer with GiNZA behind POST /analyze, as its own app serves it: Flask, by
waitress.   usage: presidio_server.py PORT"""
import json, sys

from flask import Flask, Response, request
from waitress import serve
from with_ginza import analyzer

app, analyzer = Flask(__name__), analyzer()


@app.get("/health")
def health():
    return "Presidio Analyzer service is up"


@app.post("/analyze")
def analyze():
    asked = request.get_json()
    found = analyzer.analyze(text=asked["text"], language=asked["language"], score_threshold=asked.get("score_threshold"))
    return Response(json.dumps([f.to_dict() for f in found], default=str), content_type="application/json")


serve(app, host="127.0.0.1", port=int(sys.argv[1]), threads=1)  # GiNZA breaks under two threads
