/** The command's file: lets Node keep the compiled bundle, then runs it. */
import { enableCompileCache } from 'node:module';

// Only what is loaded after this call is kept, hence a file of its own.
enableCompileCache?.();
void import('./main.ts');
