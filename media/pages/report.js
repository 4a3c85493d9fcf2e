/** Draws a report from the editor's data. Sections that did not change are left alone, so focus and selection stay. */
(() => {
  const { el, vscode } = globalThis.podTriage;
  const main = document.querySelector('main');
  /** @type {Map<string, { json: string, node: Element }>} */
  const drawn = new Map();

  const send = ({ id, index = 0, second = 0 }) => vscode.postMessage({ id, index, second });

  function button(data) {
    const node = el(
      data.primary ? 'button' : 'button.secondary',
      { type: 'button', title: data.title },
      data.label,
    );
    node.addEventListener('click', () => send(data));
    return node;
  }

  const linkButton = (data) => {
    const node = el('button.link', { type: 'button', title: data.title }, data.label);
    node.addEventListener('click', () => send(data));
    return node;
  };

  const head = (page) =>
    el(
      'header',
      {},
      el(
        'div.title',
        {},
        el('h1', {}, page.title),
        page.production && el('span.production', {}, page.production),
      ),
      el('p.subtitle', { title: page.at }, page.subtitle),
      el('nav.actions', {}, ...page.actions.map(button)),
    );

  function status({ kind, text, detail }) {
    const node = el(`div.status.${kind}`, { role: kind === 'failed' ? 'alert' : 'status' });
    if (kind === 'running') node.append(el('span.progress', { 'aria-hidden': 'true' }));
    if (text) node.append(el('span', {}, text));
    if (detail) node.append(el('q', {}, detail));
    return node;
  }

  const causes = ({ causes: boxes }) =>
    boxes.map((box) =>
      el(
        `div.box.cause.${box.severity}`,
        { role: 'group' },
        el(
          'div.line',
          {},
          el('p.verdict', {}, box.message),
          el('abbr.confidence', { title: box.confidenceWhy, tabindex: '0' }, box.confidence),
        ),
        el('div.line', {}, el('code', {}, box.place), box.manifest && linkButton(box.manifest)),
        el('div.actions', {}, ...box.buttons.map(button)),
      ),
    );

  const chains = ({ chains: lists }) =>
    lists.map((steps) => el('ol.chain', {}, ...steps.map((step) => el('li', {}, step))));

  const evidence = ({ rows }) => [
    el(
      'ul.evidence',
      {},
      ...rows.map((row) =>
        el(
          'li',
          {},
          el(
            'div.from',
            {},
            el('strong', {}, row.source),
            row.place && el('code', {}, row.place),
            row.age && el('span.quiet', { title: row.at }, row.age),
          ),
          el('pre.quote', { tabindex: '0' }, row.text),
        ),
      ),
    ),
  ];

  const path = ({ steps }) => [
    el(
      'ol.path',
      {},
      ...steps.map((step) =>
        el(
          `li.${step.outcome}`,
          { 'aria-label': step.detail ? `${step.spoken}, ${step.detail}` : step.spoken, title: step.detail },
          el('span.sign', { 'aria-hidden': 'true' }, step.sign),
          el('span.name', {}, step.name),
          step.detail && step.outcome !== 'passed' && el('span.detail', {}, step.detail),
        ),
      ),
    ),
  ];

  const rows = ({ rows: list }) => [
    el(
      'ul.rows',
      {},
      ...list.map((row) =>
        el(
          'li',
          {},
          el('span', {}, row.text),
          row.detail && el(row.quoted ? 'code' : 'span.quiet', {}, row.detail),
          ...(row.buttons ?? []).map(linkButton),
        ),
      ),
    ),
  ];

  const commands = ({ rows: list }) => [
    el(
      'ul.commands',
      {},
      ...list.map((row) =>
        el(
          'li',
          {},
          el('pre', { tabindex: '0' }, row.command),
          el('div.actions', {}, ...row.buttons.map(button)),
        ),
      ),
    ),
  ];

  const text = ({ text: words }) => [el('p.verdict', {}, words)];

  const BODIES = { causes, chains, evidence, path, rows, commands, text };

  function section(data) {
    const draw = BODIES[data.kind];
    if (!draw) return undefined;
    const body = draw(data);
    if (!data.folded) return el(`section.${data.id}`, {}, el('h2', {}, data.heading), ...body);
    return el(`details.${data.id}`, {}, el('summary', {}, data.heading), ...body);
  }

  /** Puts `make(data)` at its place, or keeps what is there when the data is the same. */
  function place(key, data, make, after) {
    const json = JSON.stringify(data);
    const old = drawn.get(key);
    let node = old?.node;
    if (!old || old.json !== json) {
      const open = old?.node.tagName === 'DETAILS' && old.node.open;
      const focus = old ? focusIndex(old.node) : -1;
      node = make(data);
      if (!node) return after;
      if (open) node.open = true;
      old?.node.remove();
      drawn.set(key, { json, node });
      after.after(node);
      if (focus >= 0) focusable(node)[focus]?.focus();
    } else if (after.nextElementSibling !== node) after.after(node);
    return node;
  }

  const focusable = (node) => [...node.querySelectorAll('button, [tabindex], summary')];
  const focusIndex = (node) => focusable(node).indexOf(document.activeElement);

  function draw(page) {
    const start = main.firstElementChild ?? main.appendChild(el('span', { hidden: 'hidden' }));
    let after = place('head', { ...page, sections: undefined, status: undefined }, head, start);
    after = place('status', page.status, status, after);
    const wanted = new Set(['head', 'status', ...page.sections.map(({ id }) => id)]);
    for (const [key, { node }] of drawn)
      if (!wanted.has(key)) {
        node.remove();
        drawn.delete(key);
      }
    for (const each of page.sections) after = place(each.id, each, section, after);
  }

  window.addEventListener('message', ({ data }) => {
    const page = data?.page;
    if (typeof page !== 'object' || page === null || !Array.isArray(page.sections)) return;
    draw(page);
    if (data.keep) vscode.setState(data.keep);
  });
  vscode.postMessage({ id: 'ready' });
})();
