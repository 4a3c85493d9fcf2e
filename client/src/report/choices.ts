/** The buttons of a report as a list, for those who use no mouse: each with what it is about. */
import type { Button, ReportPage, Section } from './model.ts';

export interface ReportChoice {
  button: Button;
  /** The verdict, the gap or the command beside the button; empty for those of the page itself. */
  about: string;
}

/** Every button of the page, in its order. */
export const choicesOf = ({ actions, sections }: ReportPage): ReportChoice[] => [
  ...actions.map((button) => ({ button, about: '' })),
  ...sections.flatMap(sectionChoices),
];

function sectionChoices(section: Section): ReportChoice[] {
  switch (section.kind) {
    case 'causes':
      return section.causes.flatMap(({ message, manifest, buttons }) =>
        [...(manifest ? [manifest] : []), ...buttons].map((button) => ({ button, about: message })),
      );
    case 'rows':
      return section.rows.flatMap(({ text, buttons = [] }) =>
        buttons.map((button) => ({ button, about: text })),
      );
    case 'commands':
      return section.rows.flatMap(({ command, buttons }) =>
        buttons.map((button) => ({ button, about: command })),
      );
    case 'text':
    case 'chains':
    case 'evidence':
    case 'path':
      return [];
  }
}
