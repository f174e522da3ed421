# Completion of qmtraj for bash. Commands, options and keys are asked of the program itself, so that they
# are those of the version in use. File names are left to readline.

_qmtraj() {
    local program=$1 word=$2 before=$3 command='' line i
    local -a offers=()
    COMPREPLY=()

    # Readline cuts --to=npy into three words.
    [[ $word != = ]] || word=''
    [[ $before != = ]] || before=${COMP_WORDS[COMP_CWORD - 2]}
    [[ ${COMP_WORDS[COMP_CWORD]} != = ]] || before=${COMP_WORDS[COMP_CWORD - 1]}

    for ((i = 1; i < COMP_CWORD; i++)); do
        if [[ ${COMP_WORDS[i]} != -* ]]; then
            command=${COMP_WORDS[i]}
            break
        fi
    done

    if [[ -z $command || $command == help ]]; then
        # "  run        trajectories of molecules", between two lines that begin at the margin
        while IFS= read -r line; do
            if [[ $line == Commands* ]]; then
                offers+=('')
            elif [[ -z $line && ${#offers[@]} -gt 0 ]]; then
                break
            elif [[ ${#offers[@]} -gt 0 && $line =~ ^\ \ ([a-z][a-z0-9-]*)\  ]]; then
                offers+=("${BASH_REMATCH[1]}")
            fi
        done < <("$program" --help 2>/dev/null)
        if [[ $command == help ]]; then
            offers+=(config arrays)
        else
            offers+=(--help --version --cite)
        fi
    else
        # "  --config FILE   ...": the value follows after one blank, the text after several or alone
        local value=''
        while IFS= read -r line; do
            [[ $line =~ ^\ \ (--?[a-z-]+)(\ ([^ ]+))?(\ |$) ]] || continue
            offers+=("${BASH_REMATCH[1]}")
            [[ ${BASH_REMATCH[1]} != "$before" ]] || value=${BASH_REMATCH[3]}
        done < <("$program" "$command" --help 2>/dev/null)
        case $value in
        '') [[ $word == -* ]] || return 0 ;;
        KEY=VALUE)
            offers=()
            while IFS= read -r line; do
                [[ ! $line =~ ^\|\ \`([A-Za-z_0-9.]+)\` ]] || offers+=("${BASH_REMATCH[1]}=")
            done < <("$program" help config --markdown 2>/dev/null)
            compopt -o nospace 2>/dev/null
            ;;
        FORMAT)
            # "  extxyz   text for ...", behind the line "Formats:"
            offers=()
            while IFS= read -r line; do
                [[ ! $line =~ ^\ \ ([a-z0-9-]+)\  ]] || offers+=("${BASH_REMATCH[1]}")
            done < <("$program" "$command" --help 2>/dev/null | sed -n '/^Formats:/,/^$/p')
            ;;
        SOLVENT)
            # One solvent a line, after a line of titles.
            offers=()
            while read -r line _; do
                offers+=("$line")
            done < <("$program" solvents 2>/dev/null | tail -n +2)
            ;;
        *) return 0 ;;
        esac
    fi

    for line in "${offers[@]}"; do
        [[ -z $line || $line != "$word"* ]] || COMPREPLY+=("$line")
    done
}

complete -o bashdefault -o default -F _qmtraj qmtraj
