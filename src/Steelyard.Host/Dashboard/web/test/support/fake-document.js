// As much of a document as the views use, for tests without a browser.

class FakeElement {
  children = [];
  parent = null;
  className = '';
  hidden = false;
  #attributes = new Map();
  #text = '';
  classList = { add: name => { this.className += ` ${name}`; } };

  constructor(tag) {
    this.tag = tag;
  }

  get textContent() {
    return this.#text + this.children.map(child => child.textContent).join('');
  }

  set textContent(text) {
    this.children = [];
    this.#text = text;
  }

  get firstElementChild() {
    return this.children[0] ?? null;
  }

  get nextElementSibling() {
    return this.parent?.children[this.parent.children.indexOf(this) + 1] ?? null;
  }

  setAttribute(name, value) {
    this.#attributes.set(name, String(value));
  }

  getAttribute(name) {
    return this.#attributes.get(name) ?? null;
  }

  append(...nodes) {
    for (const node of nodes) this.insertBefore(node, null);
  }

  prepend(node) {
    this.insertBefore(node, this.firstElementChild);
  }

  insertBefore(node, place) {
    const child = typeof node === 'string' ? textOf(node) : node;
    child.remove();
    const index = place ? this.children.indexOf(place) : this.children.length;
    this.children.splice(index, 0, child);
    child.parent = this;
  }

  remove() {
    if (!this.parent) return;
    this.parent.children = this.parent.children.filter(child => child !== this);
    this.parent = null;
  }

  querySelector(tag) {
    return this.children.find(child => child.tag === tag) ?? null;
  }
}

function textOf(text) {
  const element = new FakeElement('#text');
  element.textContent = text;
  return element;
}

export const fakeDocument = {
  createElement: tag => new FakeElement(tag),
  createElementNS: (_, tag) => new FakeElement(tag),
};
