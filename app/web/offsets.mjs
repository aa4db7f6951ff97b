// The API counts code points; JavaScript strings count UTF-16 units. Beyond the basic plane one point is two units.

const SURROGATES = /[\ud800-\udbff][\udc00-\udfff]/;

/** Returns a function that turns an offset in code points of `text` into one in UTF-16 units, clamped to the text. */
export function unitOffsets(text) {
  if (!SURROGATES.test(text)) return (points) => clamp(points, text.length);
  const units = [0];
  for (const character of text) units.push(units[units.length - 1] + character.length);
  return (points) => units[clamp(points, units.length - 1)];
}

function clamp(value, highest) {
  return Math.max(0, Math.min(value, highest));
}
