// @ts-check
// Reads the text of a picture on the device with tesseract.js, whose files lie beside
// the site in ocr/ and are loaded when they are first needed.
const at = (/** @type {string} */ name) => new URL(`../ocr/${name}`, import.meta.url).href;

// tesseract.js makes its worker from a plain string: only ours may be one.
/** @type {any} */ (globalThis).trustedTypes?.createPolicy("default", {
  createScriptURL(/** @type {string} */ s) {
    if (s === at("worker.min.js")) return s;
    throw new TypeError("not a script of this site");
  },
});

/**
 * The text of a picture.
 * @param {File} file @param {(done: number) => void} progress from 0 to 1
 */
export async function readPicture(file, progress) {
  const tesseract = await import(at("tesseract.esm.min.js"));
  const { createWorker, PSM } = tesseract.default ?? tesseract;
  const worker = await createWorker("jpn", 1, {
    workerPath: at("worker.min.js"),
    corePath: at("tesseract-core-simd-lstm.wasm.js"),
    langPath: at("").replace(/\/$/, ""),
    workerBlobURL: false,
    cacheMethod: "none",
    logger: (/** @type {{progress: number}} */ m) => progress(m.progress),
  });
  try {
    await worker.setParameters({ tessedit_pageseg_mode: PSM?.AUTO ?? "3", preserve_interword_spaces: "1" });
    const { data } = await worker.recognize(await prepared(file));
    return tidy(data.text);
  } finally {
    await worker.terminate();
  }
}

/**
 * Dark on bright, and large enough: what tesseract reads best.
 * @param {File} file
 */
async function prepared(file) {
  const image = await createImageBitmap(file);
  const scale = Math.min(3, Math.max(1, 2000 / Math.max(image.width, 1)), Math.sqrt(16e6 / (image.width * image.height)));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(image.width * scale);
  canvas.height = Math.round(image.height * scale);
  const c = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", { willReadFrequently: true }));
  c.imageSmoothingQuality = "high";
  c.drawImage(image, 0, 0, canvas.width, canvas.height);
  const d = c.getImageData(0, 0, canvas.width, canvas.height);
  let sum = 0;
  for (let i = 0; i < d.data.length; i += 4) {
    const y = 0.299 * d.data[i] + 0.587 * d.data[i + 1] + 0.114 * d.data[i + 2];
    d.data[i] = d.data[i + 1] = d.data[i + 2] = y;
    sum += y;
  }
  if (sum / (d.data.length / 4) < 110) for (let i = 0; i < d.data.length; i += 4) d.data[i] = d.data[i + 1] = d.data[i + 2] = 255 - d.data[i];
  c.putImageData(d, 0, 0);
  return canvas;
}

/**
 * Without the spaces that are read between Japanese letters, and with lines that only
 * the width of the screen broke put together.
 * @param {string} text
 */
function tidy(text) {
  const wide = "[\\u3000-\\u30ff\\u3400-\\u9fff\\uff00-\\uffef]";
  const lines = text.replace(new RegExp(`(?<=${wide})[ \\t]+(?=${wide})`, "g"), "").split("\n").map((l) => l.trim());
  const width = (/** @type {string} */ l) => [...l].reduce((n, c) => n + (c < "\u0100" ? 0.5 : 1), 0); // a URL's letters are half as wide
  const longest = Math.max(...lines.map(width));
  const broken = new RegExp(`[\\u3040-\\u30ff\\u3400-\\u9fff、]$`);
  let out = "";
  for (const [i, line] of lines.entries()) {
    out += line;
    const goesOn = width(line) >= 0.7 * longest && broken.test(line) && new RegExp(`^${wide}`).test(lines[i + 1] ?? "");
    if (!goesOn) out += "\n";
  }
  return out.replace(/\n{3,}/g, "\n\n").trim();
}
