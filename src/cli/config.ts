// `strongroom config`: each setting, its value, and who decided it.

import { type Chosen, chooseSettings, configurationFiles, KEYS, SETTINGS, thisAccount } from '../settings.ts';
import type { Command, Outcome } from './command.ts';
import { table } from './tables.ts';

const shown = (value: Chosen['value']) => (typeof value === 'object' ? JSON.stringify(value) : value);

export const config: Command = {
  name: 'config',
  summary: 'show each setting, its value and where it comes from',
  options: [],
  run(): Outcome {
    const chosen = chooseSettings();
    const rows = KEYS.map((key) => ({ setting: key, ...chosen[key], environment: SETTINGS[key].environment }));
    const drawn = table(
      ['SETTING', 'VALUE', 'FROM', 'VARIABLE'],
      rows.map((row) => [row.setting, shown(row.value), row.source, row.environment ?? '']),
    );
    return { json: rows, text: `${drawn}\nFiles looked at: ${configurationFiles(process.env, thisAccount()).join(', ')}` };
  },
};
