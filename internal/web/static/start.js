// The first page leads to the language of the device.
location.replace((navigator.language || "ja").startsWith("ja") ? "ja/" : "en/");
