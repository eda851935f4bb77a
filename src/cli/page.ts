// A report as a web page: one file, no address of anything outside, readable by day and by night.

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Other people's words as text of a page. */
export const escapeText = (text: string): string => text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character]!);

const STYLE = `
:root { color-scheme: light dark; --line: #8a8f9855; --soft: #8a8f98; --bad: #d55e00; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 76rem; margin: 2rem auto; padding: 0 1.5rem; }
h1 { font-size: 1.6rem; font-weight: 600; margin: 0 0 .3rem; }
h2 { font-size: 1.1rem; font-weight: 600; margin: 2.2rem 0 .2rem; }
p { margin: 0 0 .8rem; color: var(--soft); }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th { text-align: left; font-weight: 500; color: var(--soft); }
th, td { padding: .25rem .8rem .25rem 0; border-bottom: 1px solid var(--line); }
.number { text-align: right; }
.failed { color: var(--bad); }
.beside { display: flex; flex-wrap: wrap; gap: 1rem 2.5rem; align-items: flex-start; }
figure { margin: 0; }
abbr { text-decoration: none; }
`;

/** @param body HTML, with everything in it escaped that is not ours. @param style what the page has beside the usual. */
export const pageOf = (title: string, body: string, style = ''): string =>
  `<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<meta name="viewport" content="width=device-width">\n<title>${escapeText(title)}</title>\n<style>${STYLE}${style}</style>\n</head>\n<body>\n<h1>${escapeText(title)}</h1>\n${body}\n</body>\n</html>\n`;
