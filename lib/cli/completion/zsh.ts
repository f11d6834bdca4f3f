import { verbNames, verbs, type Verb } from '../verbs.js';
import { entries, narrowVerbs, type Entry } from './entries.js';

/** A file for a folder of $fpath, `_sluice`; or sourced, after compinit. */
export function zshCompletion(): string {
  const specs = (verb: Verb): string =>
    entries(verb)
      .map((entry) => `        ${spec(entry)} \\\n`)
      .join('');
  const narrow = narrowVerbs.map(
    (verb) => `    ${verb})\n      _arguments -s -S \\\n${specs(verb)}        '*:operand:_sluice_operand' ;;`,
  );
  const described = verbNames.map((verb) => `    ${quote(`${verb}:${escaped(verbs[verb].says)}`)}`);
  return `#compdef sluice
# completes sluice in zsh: sluice --completion zsh > a folder of $fpath/_sluice
_sluice_operand() {
  local -a verbs=(
${described.join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe -t verbs verb verbs
  elif [[ $words[2] == explain ]]; then
    _files
  fi
}
_sluice() {
  case $words[2] in
${narrow.join('\n')}
    *)
      _arguments -s -S \\
${specs('run')}        '*:url:_sluice_operand' ;;
  esac
}
if [[ $funcstack[1] == _sluice ]]; then
  _sluice "$@"
else
  compdef _sluice sluice
fi
`;
}

function spec({ short, long, says, value, choices, names, isRepeated }: Entry): string {
  const action =
    names === 'file' ? '_files' : names === 'folder' ? '_files -/' : choices ? `(${choices.join(' ')})` : ' ';
  const argument = value === undefined ? '' : `:${escaped(value)}:${action}`;
  const text = quote(`[${escaped(says)}]${argument}`);
  const withValue = value === undefined ? long : `${long}=`;
  const others = isRepeated ? "'*'" : short === undefined ? '' : quote(`(${short} ${long})`);
  return short === undefined ? `${others}${withValue}${text}` : `${others}{${short},${withValue}}${text}`;
}

/** What _arguments would take for the end of a part. */
function escaped(text: string): string {
  return text.replace(/[\\:[\]]/g, '\\$&');
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
