// Where a checkout keeps what the tests run.
import { fileURLToPath } from 'node:url';

const at = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

export const project = at('');
/** Another build of it, where test/sanitizers.sh says so. */
export const modulePath = process.env.STRONGROOM_MODULE ?? at('build/Release/libstrongroom.so');
export const speedMeter = at('build/Release/hsm-speed');
export const command = at('bin/strongroom');
