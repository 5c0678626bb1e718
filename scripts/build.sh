# shellcheck shell=bash
# Builds the program into $cli, once for each state of the sources. Sourced by ./sosia, which sets root, cli,
# sources and is_ready. A build is made beside and comes in by one rename: an interrupted one leaves nothing behind.
: "${root:?}" "${cli:?}"

build() {
    only_linux
    mkdir -p "$cli" 2>/dev/null || true
    [[ -w $cli ]] || fail "cannot write $cli: the first start builds Sosia there; run it once as the owner of the folder"
    local lock
    exec {lock}>"$cli/lock"
    flock -n "$lock" || { say "waiting for another build of Sosia ..." && flock "$lock"; }
    is_ready --version || publish
    exec {lock}>&-
}

publish() {
    local dotnet
    need_dotnet
    trap 'exit 130' INT
    rm -rf "$cli"/new.* # of interrupted builds
    local new=$cli/new.$$ before
    before=$(sources) # taken first: a file changed while we build is built again
    say "building Sosia (once) ..."
    compile "$new" true || {
        # Compiling ahead needs one more package than the program does.
        grep -qi crossgen "$cli/log" || build_failed
        say "the package that compiles ahead cannot be restored: building without it, every start will take a little longer"
        compile "$new" false || build_failed
    }
    printf '%s\n' "$before" >"$new/sources"
    printf '%s\n' "$dotnet" >"$new/dotnet"
    local name
    name=$(date +%s).$$
    mv "$new" "$cli/$name"
    ln -sfn "$name" "$cli/new.link" && mv -T "$cli/new.link" "$cli/current"
    retire
}

# compile DIR AHEAD : its objects stay in .build/work, apart from those of the tests and of an editor. Warnings are for those
# who work on Sosia: ./test makes them errors, and a newer SDK with more of them must not keep anyone from starting.
compile() {
    (cd "$root" && "$dotnet" publish src/Sosia.Cli -c Release -r "linux-$(architecture)" --self-contained false \
        -p:PublishReadyToRun="$2" -p:DebugType=none -p:UseAppHost=false -p:GenerateDocumentationFile=false \
        -p:TreatWarningsAsErrors=false -p:RunAnalyzers=false --artifacts-path "$root/.build/work" -o "$1" \
        --disable-build-servers --nologo -v quiet </dev/null >"$cli/log" 2>&1 {lock}>&-)
}

architecture() {
    case $(uname -m) in
        x86_64) echo x64 ;;
        aarch64) echo arm64 ;;
        *) uname -m ;;
    esac
}

build_failed() {
    awk '!said[$0]++' "$cli/log" | head -n 40 >&2
    fail "Sosia could not be built; the reason stands above"
}

# A program that still runs loads its files late: the three newest builds stay.
retire() {
    local old
    find "$cli" -mindepth 1 -maxdepth 1 -type d -name '[0-9]*' -printf '%f\n' | sort -n | head -n -3 |
        while read -r old; do rm -rf "${cli:?}/$old"; done
}
