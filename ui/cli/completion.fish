# fish completion for cacheview. What is typed is handed to the program as it is:
# none of it is evaluated, for it may be the name of a key, which anybody chose.

function __cacheview_complete
    set -l args (commandline -opc | string replace -r '^~(?=/|$)' -- $HOME)
    set -l typed (commandline -ct)
    set -l word (string unescape -- $typed; or string trim -l -c '\'"' -- $typed)
    set -l lines (CACHEVIEW_SHELL=fish command $args[1] __complete $args[2..] "$word" 2>/dev/null)
    or return
    set -l directive (string sub -s 2 -- $lines[-1])
    set -e lines[-1]
    if test (count $lines) -eq 0
        # 4 is that there are no files to offer.
        test (math "bitand($directive, 4)") -eq 0; and __fish_complete_path "$word"
        return
    end
    # A flag and its value are one word to fish.
    set -l flag (string match -r -- '^--?[^=]+=' "$word"; or echo '')
    printf '%s\n' $flag$lines
    # 2 is that the word goes on. fish adds a space to the only one that it is
    # given, unless it ends as a path does.
    if test (math "bitand($directive, 2)") -ne 0; and test (count $lines) -eq 1
        set -l only (string split -m 1 \t -- $lines[1])[1]
        string match -qr '[@=/:.,]$' -- $only; or printf '%s\n' $flag$only'…'
    end
end

complete -c cacheview -e
complete -c cacheview -k -f -a '(__cacheview_complete)'
