/** Every failure mode, in the order of the ladder. The only registry. */
import type { FailureMode } from '../mode.ts';
import { failedCreateModes } from './admission/failedCreate.ts';
import { createErrorModes } from './config/createErrors.ts';
import { subpathFailure } from './config/subpathFailure.ts';
import { imageModes } from './image/pullErrors.ts';
import { endingModes } from './runtime/endings.ts';
import { nodeNameMissing, podSchedulingGated, schedulerNotActing } from './scheduling/notConsidered.ts';
import { schedulingReasonModes } from './scheduling/reasons.ts';

export const MODES: readonly FailureMode[] = [
  ...failedCreateModes,
  ...schedulingReasonModes,
  podSchedulingGated,
  schedulerNotActing,
  nodeNameMissing,
  ...imageModes,
  ...createErrorModes,
  subpathFailure,
  ...endingModes,
];
