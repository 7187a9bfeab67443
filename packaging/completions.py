"""Completions of three shells from the help texts of `tpc` (help_text.py): commands, their options, the words of
options that take one of several. Everything else is a file."""
import re
import shlex


def brief(description):
    """One short line without what means something to the shells' completion languages."""
    sentence = re.split(r"\. |[;:(]", description)[0].strip().removesuffix(".")
    return re.sub(r"[\[\]:'\"`\\]", "", sentence)


def bash(general, commands):
    cases = []
    for name, text in commands.items():
        for option in text.options:
            for spelling in option.names if option.choices else []:
                cases.append(f'    "{name} {spelling}") words="{" ".join(option.choices)}" ;;')
            for spelling in option.names if option.value and not option.choices else []:
                cases.append(f'    "{name} {spelling}") return ;;')
        words = " ".join(spelling for option in text.options for spelling in option.names)
        cases.append(f'    "{name} "*) [[ $2 == -* ]] && words="{words}" ;;')
    words = " ".join([*commands, *(spelling for option in general.options for spelling in option.names)])
    lines = ["# bash completion of tpc", "_tpc() {", '  local command="${COMP_WORDS[1]}" words=""',
             '  if [ "$COMP_CWORD" -eq 1 ]; then', f'    words="{words}"', "  else", '    case "$command $3" in',
             *cases, "    esac", "  fi", '  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$2")', "}",
             "complete -o default -o bashdefault -F _tpc tpc"]
    return "\n".join(lines) + "\n"


def zsh_argument(option):
    names = option.names
    spelled = f"'({' '.join(names)})'{{{','.join(names)}}}" if len(names) > 1 else f"'*'{names[0]}"
    value = ""
    if option.value:
        value = f":value:({' '.join(option.choices)})" if option.choices else ":value:_files"
    return f"{spelled}'[{brief(option.description)}]{value}'"


def zsh(general, commands):
    described = [shlex.quote(f"{entry.names[0]}:{brief(entry.description)}") for entry in general.commands]
    lines = ["#compdef tpc", "local -a commands=(", *(f"  {each}" for each in described), ")",
             "if (( CURRENT == 2 )); then", "  _describe command commands", "  _files -g '*.tp'", "  return", "fi",
             "shift words; (( CURRENT-- ))", 'case "$words[1]" in']
    for name, text in commands.items():
        arguments = [zsh_argument(option) for option in text.options] + ["'*:file:_files'"]
        lines += [f"  {name})", "    _arguments \\", " \\\n".join(f"      {each}" for each in arguments), "    ;;"]
    return "\n".join([*lines, "esac"]) + "\n"


def fish_option(condition, option):
    parts = [f"complete -c tpc -n {shlex.quote(condition)}"]
    for name in option.names:
        parts.append(f"-l {name[2:]}" if name.startswith("--") else f"-s {name[1:]}")
    if option.choices:
        parts.append(f"-x -a {shlex.quote(' '.join(option.choices))}")
    elif option.value:
        parts.append("-r -F")
    return " ".join([*parts, f"-d {shlex.quote(brief(option.description))}"])


def fish(general, commands):
    lines = ["# fish completion of tpc"]
    for entry in general.commands:
        lines.append(f"complete -c tpc -n __fish_use_subcommand -a {entry.names[0]} "
                     f"-d {shlex.quote(brief(entry.description))}")
    lines += [fish_option("__fish_use_subcommand", option) for option in general.options]
    for name, text in commands.items():
        lines += [fish_option(f"__fish_seen_subcommand_from {name}", option) for option in text.options]
    return "\n".join(lines) + "\n"
