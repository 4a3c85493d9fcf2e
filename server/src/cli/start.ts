#!/usr/bin/env node
/** The command's file: lets Node keep the compiled code, then runs it. */
import module from 'node:module';

// Only what is loaded after this call is kept, hence a file of its own. Node 20 has no such cache.
module.enableCompileCache?.();
void import('./main.ts');
