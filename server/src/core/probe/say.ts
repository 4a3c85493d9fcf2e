/** Fills the sentences of an active test, in the user's language. */
import { fillTemplate, type MessageData, type Translate } from '../finding.ts';
import { PROBE_MESSAGES, type ProbeMessage } from './messages.ts';

export type SayProbe = (message: ProbeMessage, data?: MessageData) => string;

export const sayProbe =
  (translate: Translate): SayProbe =>
  (message, data = {}) =>
    fillTemplate(translate(PROBE_MESSAGES[message]), data);
