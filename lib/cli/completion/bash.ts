import { verbNames, type Verb } from '../verbs.js';
import { entries, namesOf, narrowVerbs, type Entry } from './entries.js';

/** For `source <(sluice --completion bash)`; from bash 3.2 on, without the package bash-completion. */
export function bashCompletion(): string {
  const all = entries();
  const offer = (verb: Verb): string =>
    `COMPREPLY=( $(compgen -W "$(printf '%s\\n' ${entries(verb).flatMap(namesOf).join(' ')})" -- "$cur") )`;
  const offers = narrowVerbs.map((verb) => `        ${verb}) ${offer(verb)} ;;`);
  const cases = all
    .filter(({ value }) => value !== undefined)
    .map((entry) => `    ${namesOf(entry).join('|')})\n      ${reply(entry)}\n      return ;;`);
  return `# completes sluice in bash: source <(sluice --completion bash)
_sluice() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" prev="" IFS=$'\\n'
  [ "$COMP_CWORD" -gt 0 ] && prev="\${COMP_WORDS[COMP_CWORD-1]}"
  # bash takes --body=text for three words
  if [ "$cur" = "=" ]; then
    cur=""
  elif [ "$prev" = "=" ] && [ "$COMP_CWORD" -gt 1 ]; then
    prev="\${COMP_WORDS[COMP_CWORD-2]}"
  fi
  COMPREPLY=()
  case "$prev" in
${cases.join('\n')}
  esac
  case "$cur" in
    -*)
      case "\${COMP_WORDS[1]}" in
${offers.join('\n')}
        *) ${offer('run')} ;;
      esac ;;
    *)
      if [ "$COMP_CWORD" -eq 1 ]; then
        COMPREPLY=( $(compgen -W "$(printf '%s\\n' ${verbNames.join(' ')})" -- "$cur") )
      elif [ "\${COMP_WORDS[1]}" = "explain" ]; then
        compopt -o filenames 2>/dev/null
        COMPREPLY=( $(compgen -f -- "$cur") )
      fi ;;
  esac
}
complete -F _sluice sluice
`;
}

/** What may stand behind the option. */
function reply({ names, choices, long }: Entry): string {
  if (names === 'file') return 'compopt -o filenames 2>/dev/null; COMPREPLY=( $(compgen -f -- "$cur") )';
  if (names === 'folder') return 'compopt -o filenames 2>/dev/null; COMPREPLY=( $(compgen -d -- "$cur") )';
  if (choices) return `COMPREPLY=( $(compgen -W "$(printf '%s\\n' ${choices.join(' ')})" -- "$cur") )`;
  if (long === '--data') {
    return 'case "$cur" in @*) compopt -o filenames 2>/dev/null; COMPREPLY=( $(compgen -P @ -f -- "${cur#@}") ) ;; esac';
  }
  return ':';
}
