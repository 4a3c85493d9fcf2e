/** Shared by our pages: elements are made from data, and text is only ever set as text. */
(() => {
  /**
   * @param {string} tag `li.row.failed`
   * @param {Record<string, string | undefined>} attributes
   * @param {...(Node | string | undefined | false)} children
   */
  function el(tag, attributes, ...children) {
    const [name, ...classes] = tag.split('.');
    const node = document.createElement(name);
    if (classes.length > 0) node.className = classes.join(' ');
    for (const [key, value] of Object.entries(attributes))
      if (value !== undefined && value !== '') node.setAttribute(key, value);
    node.append(...children.filter((child) => child !== undefined && child !== false && child !== ''));
    return node;
  }

  const vscode = acquireVsCodeApi();
  globalThis.podTriage = { el, vscode };
})();
