import { nearest } from '../../../nearest.ts';
import { rangeOf } from '../../../yaml/range.ts';
import { fileRule } from '../../rule.ts';
import { directivesOf, EVERY_RULE, IGNORE_ANNOTATION } from '../../suppression.ts';

/** A suppression that names no rule does nothing, silently: the finding it was written for stays or comes back. */
export const unknownSuppression = fileRule({
  id: 'unknown-suppression',
  group: 'metadata',
  severity: 'hint',
  scope: 'file',
  case: 'suppression-without-effect',
  messages: {
    unknown: 'There is no rule {id}; this suppression does nothing.',
    near: 'There is no rule {id}; this suppression does nothing. Did you mean {near}?',
    nothing: 'The comment names no rule and suppresses nothing.',
    rename: 'Write {near}',
  },

  check({ documents }, { ruleIds, report }) {
    for (const [index, { document }] of documents.entries()) {
      if (document.kind !== 'ok') continue;
      const tell = (id: string, start: number, end: number): void => {
        if (id === EVERY_RULE || ruleIds.has(id)) return;
        const near = nearest(id, ruleIds);
        if (near === undefined) report('unknown', index, { start, end }, { data: { id } });
        else
          report(
            'near',
            index,
            { start, end },
            {
              data: { id, near },
              fixes: [
                { title: 'rename', data: { near }, edits: [{ start: end - id.length, end, text: near }] },
              ],
            },
          );
      };
      for (const directive of directivesOf(document.text)) {
        if (directive.ids.length === 0) report('nothing', index, directive);
        for (const { id, start, end } of directive.ids) tell(id, start, end);
      }
      for (const { object, node } of document.manifests)
        for (const key of Object.keys(object.metadata.annotations ?? {})) {
          if (!key.startsWith(IGNORE_ANNOTATION)) continue;
          const range = rangeOf(node, ['metadata', 'annotations', key], 'key');
          const quoted = /["']/.test(document.text[range.end - 1] ?? '') ? 1 : 0;
          const id = key.slice(IGNORE_ANNOTATION.length);
          tell(id, range.end - quoted - id.length, range.end - quoted);
        }
    }
  },
});
