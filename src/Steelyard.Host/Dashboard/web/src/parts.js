// The page is drawn part by part, so that one that fails leaves the others alive.

/** @param {Record<string, () => void>} parts @param {(name: string, failure: Error) => void} tell */
export function drawParts(parts, tell = (name, failure) => console.error(name, failure)) {
  for (const [name, draw] of Object.entries(parts)) {
    try {
      draw();
    } catch (failure) {
      tell(name, failure);
    }
  }
}
