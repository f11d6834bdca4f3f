# zsh completes for people alone: this types a line and Tab on a terminal of its own. There `compadd` notes what it is
# given, and a key that is read after that ends the shell.
#
# zsh -f type-in.zsh SCRIPT LINE
zmodload zsh/zpty
offered=$1.offered
: > $offered
zpty z env OFFERED=$offered TERM=dumb zsh -f -i
zpty -w z "PROMPT= RPROMPT=; unsetopt zle_bracketed_paste; LISTMAX=0
autoload -U compinit; compinit -D -u; source ${(q)1}
compadd() { if [[ \${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]]; then builtin compadd \"\$@\"; return \$?; fi; local -a hits; builtin compadd -A hits \"\$@\"; print -rl -- \$hits >> \$OFFERED; builtin compadd \"\$@\" }
bindkey '^I' complete-word; leave() { zle -I; exit 0 }; zle -N leave; bindkey '^X' leave
print READY"
zpty -r -m z said $'*READY\r\n*'
zpty -w -n z "$2"$'\t\x18'
while zpty -r z said; do :; done
cat $offered
