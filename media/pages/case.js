/** The case page: buttons ask the editor, code can be copied, the place on the page survives a reload. */
(() => {
  const { el, vscode } = globalThis.podTriage;
  const main = document.querySelector('main');
  const { id, language, copy, copied } = main.dataset;
  const state = vscode.getState() ?? {};
  const same = state.id === id;
  vscode.setState({ id, language, scroll: same ? state.scroll : 0 });
  if (same && state.scroll) window.scrollTo(0, state.scroll);

  let timer;
  window.addEventListener('scroll', () => {
    clearTimeout(timer);
    timer = setTimeout(() => vscode.setState({ id, language, scroll: window.scrollY }), 200);
  });

  for (const button of document.querySelectorAll('button[data-kind]'))
    button.addEventListener('click', () => {
      const { kind, index, language: other, id: rule } = button.dataset;
      vscode.postMessage({
        kind,
        ...(index === undefined ? {} : { index: Number(index) }),
        ...(other === undefined ? {} : { language: other }),
        ...(rule === undefined ? {} : { id: rule }),
      });
    });

  for (const block of document.querySelectorAll('article pre')) {
    const button = el('button.secondary.copy', { type: 'button' }, copy);
    button.addEventListener('click', () => {
      vscode.postMessage({ kind: 'copy', text: block.querySelector('code')?.textContent ?? '' });
      button.textContent = copied;
      setTimeout(() => {
        button.textContent = copy;
      }, 1500);
    });
    const frame = el('div.code', {});
    block.replaceWith(frame);
    frame.append(block, button);
  }
})();
