/** A row of the tables of endings, and what their rows share. */
import type { Confidence, Evidence, MessageData } from '../../../finding.ts';
import type { Path } from '../../../path.ts';
import type { ContainerFact, Termination } from '../../containers.ts';
import type { Step } from '../../report.ts';
import type { Scene } from '../../scene.ts';

export interface Ending {
  fact: ContainerFact;
  ended: Termination;
  row: Row | undefined;
}

export interface Row {
  id: string;
  case: string;
  step: Step;
  confidence: Confidence;
  when(ended: Termination, fact: ContainerFact, scene: Scene): boolean;
  message: string;
  /** A sentence that says more, where more is known. */
  better?: { message: string; when(ending: Ending, scene: Scene): boolean };
  /** What of the container is at fault; default: what it runs. */
  field?: Path | ((ending: Ending) => Path);
  data?(ending: Ending, scene: Scene): MessageData;
  evidence?(ending: Ending, scene: Scene): Evidence[];
  /** What a quoted log makes of a bare exit code. */
  withLog?: Confidence;
  explains?: readonly string[];
}

export const messageOf = ({ message = '' }: Termination): string => message;
export const isStartError = ({ reason, exitCode }: Termination): boolean =>
  reason === 'StartError' || reason === 'ContainerCannotRun' || (exitCode === 128 && reason !== 'Error');

export const command = ({ spec }: ContainerFact): string =>
  [...(spec.command ?? []), ...(spec.args ?? [])].join(' ') || '(image)';

export const commandField = ({ spec }: ContainerFact): Path =>
  spec.command ? ['command'] : spec.args ? ['args'] : ['image'];
