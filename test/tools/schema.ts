/** The schema data that tests lint with: the one that ships. */
import type { Schema } from '../../server/src/core/schema/schema.ts';

export const testSchema = (): Schema | undefined => undefined;
