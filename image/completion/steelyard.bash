# Completion of steelyard's commands and options in bash.
# Goes to /usr/share/bash-completion/completions/steelyard.
# For zsh: run 'autoload bashcompinit; bashcompinit', then source this file.
# The program itself knows what may follow: it is asked with the line as far as it is typed.

_steelyard() {
    local word=${COMP_WORDS[COMP_CWORD]} line=${COMP_LINE:0:COMP_POINT} IFS=$'\n'
    # The program is asked under its own name, whatever the path that was typed.
    local rest=${line#*[[:space:]]}
    [ "$rest" = "$line" ] && rest=
    line="steelyard $rest"
    local offered
    offered=$("${COMP_WORDS[0]}" "[suggest:${#line}]" "$line" 2>/dev/null) || offered=
    # shellcheck disable=SC2207  # one offer a line, and offers hold no blanks
    COMPREPLY=($(compgen -W "$offered" -- "$word"))
}

# Where the program offers nothing, a file name is likely meant: -c FILE, check FILE.
complete -o default -F _steelyard steelyard
