// Elements by hand: text goes in as text nodes only, links only where they are http or https.

/** An element with attributes (null and false are left out) and children (elements and strings; null is left out). */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === true) made.setAttribute(key, "");
    else if (value !== null && value !== undefined && value !== false) made.setAttribute(key, String(value));
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== ""));
  return made;
}

/** A link that opens in a tab of its own, or a plain span where `url` is no http(s) address. */
export function outwardLink(url, attributes, ...children) {
  if (!isWebAddress(url)) return element("span", { class: attributes.class }, ...children);
  return element("a", { ...attributes, href: url, target: "_blank", rel: "noopener noreferrer" }, ...children);
}

/** A link to who helps on: a page or a mail address; a span where `url` is neither. */
export function contactLink(url, text) {
  return hasScheme(url, ["mailto:"]) ? element("a", { href: url }, text) : outwardLink(url, {}, text);
}

function isWebAddress(url) {
  return hasScheme(url, ["http:", "https:"]);
}

function hasScheme(url, schemes) {
  try {
    return schemes.includes(new URL(url).protocol);
  } catch {
    return false;
  }
}
