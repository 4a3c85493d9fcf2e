/** The case page as HTML. The page's own Markdown is ours and comes rendered; everything else is escaped. */
import * as vscode from 'vscode';
import { type Html, html } from '../webview/html.ts';
import { type CaseContents, linksOf, OTHER_LANGUAGE } from './choices.ts';

/** `rendered` is the page's own text as markup. */
export function caseBody({ page, language, related, rules }: CaseContents, rendered: Html): Html {
  const other = OTHER_LANGUAGE[language];
  return html`<header class="bar">
  <nav aria-label="${vscode.l10n.t('Page actions')}">
    <button type="button" class="link" data-kind="search">${vscode.l10n.t('Search Cases')}</button>
    <button type="button" class="link" data-kind="source">${vscode.l10n.t('Show Markdown')}</button>
    <button type="button" class="link" data-kind="language" data-language="${other.language}" lang="${other.language}">${other.label}</button>
  </nav>
</header>
<main data-id="${page.id}" data-language="${language}" data-copy="${vscode.l10n.t('Copy')}" data-copied="${vscode.l10n.t('Copied')}">
<h1>${page.title}</h1>
<p class="symptoms">${page.symptoms.map((symptom) => html`<code>${symptom}</code> `)}</p>
${relatedSection(related)}
<article>${rendered}</article>
${ruleSection(rules)}
${sourceSection(linksOf(page))}
<p class="quiet">${page.id}</p>
</main>`;
}

function relatedSection(related: CaseContents['related']): Html {
  if (related.length === 0) return html``;
  return html`<section class="box" aria-labelledby="here">
<h2 id="here">${vscode.l10n.t('Here, now')}</h2>
<ul class="plain">${related.map(
    ({ message, where }, index) =>
      html`<li><button type="button" class="link" data-kind="related" data-index="${index}">${where}</button> ${message}</li>`,
  )}</ul>
</section>`;
}

function ruleSection(rules: CaseContents['rules']): Html {
  if (rules.length === 0) return html``;
  return html`<section aria-labelledby="rules">
<h2 id="rules">${vscode.l10n.t('Rules that catch it')}</h2>
<ul class="plain">${rules.map(
    ({ id, enabled }) =>
      html`<li><code>${id}</code> <span class="quiet">${enabled ? vscode.l10n.t('on') : vscode.l10n.t('off')}</span> <button type="button" class="secondary" data-kind="rule" data-id="${id}">${enabled ? vscode.l10n.t('Configure…') : vscode.l10n.t('Turn On…')}</button></li>`,
  )}</ul>
</section>`;
}

function sourceSection(links: string[]): Html {
  if (links.length === 0) return html``;
  return html`<section aria-labelledby="sources">
<h2 id="sources">${vscode.l10n.t('Sources')}</h2>
<ul>${links.map((source) => html`<li><a href="${source}">${source.replace(/^https:\/\//, '')}</a></li>`)}</ul>
</section>`;
}
