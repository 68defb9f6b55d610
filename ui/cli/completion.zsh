#compdef cacheview
# zsh completion for cacheview. What is typed is handed to the program as it is:
# none of it is evaluated, for it may be the name of a key, which anybody chose.

_cacheview() {
    local -a before lines described order space
    local word directive line name about

    before=("${(@Q)words[1,CURRENT-1]}")
    before=("${(@)before/#\~\//$HOME/}")
    word=$PREFIX
    [[ -n $compstate[quote] ]] || word=${(Q)word}
    lines=("${(@f)$(CACHEVIEW_SHELL=zsh command "$before[1]" __complete "${(@)before[2,-1]}" "$word" 2>/dev/null)}")
    [[ $lines[-1] == :<-> ]] || return 1
    directive=${lines[-1]#:}
    shift -p lines

    # A flag and its value are one word to zsh.
    [[ $word == -*=* ]] && compset -P '-*='
    for line in "${(@)lines}"; do
        name=${line%%$'\t'*} about=
        [[ -n $name ]] || continue
        [[ $line == *$'\t'* ]] && about=:${line#*$'\t'}
        described+=("${${name//\\/\\\\}//:/\\:}$about")
    done
    if (( ! $#described )); then
        (( directive & 4 )) || _files # 4 is that there are no files to offer
        return
    fi
    (( directive & 2 )) && space=(-S '') # the word goes on
    (( directive & 32 )) && order=(-V)   # the order says something
    _describe "$order[@]" cacheview described "$space[@]"
}

# Loaded by itself from fpath, or sourced.
if [[ $funcstack[1] == _cacheview ]]; then
    _cacheview "$@"
else
    compdef _cacheview cacheview
fi
