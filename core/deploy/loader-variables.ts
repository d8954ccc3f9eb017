/**
 * Environment variables by which whoever writes a file of secrets would run
 * code of their own in the process that gets them, or read its traffic: they
 * choose programs, libraries, start-up files, servers or certificates. Anyone
 * can write a new SOPS file to a public recipient, so such a name in a file is
 * no setting but a way in, and is refused unless the user allows it by name.
 *
 * One table, by what the name moves. A trailing `*` stands for any ending.
 * glibc's own list is `sysdeps/generic/unsecvars.h`. What only says where a
 * service lies (`VAULT_ADDR`, `DATABASE_URL`) is what these files are for, and
 * is not listed; nor are flags that are common and harmless (`NODE_ENV`,
 * `PYTHONUNBUFFERED`).
 */

const LOADER_NAMES: readonly string[] = [
  // the dynamic loader and libc
  ...["LD_*", "DYLD_*", "GLIBC_TUNABLES", "GCONV_PATH", "GETCONF_DIR", "LOCPATH", "NLSPATH", "NIS_PATH"],
  ...["MALLOC_*", "RESOLV_HOST_CONF", "RES_OPTIONS", "HOSTALIASES", "LOCALDOMAIN", "TMPDIR", "TZDIR"],
  // shells
  ...["PATH", "IFS", "ENV", "BASH_ENV", "BASH_FUNC_*", "BASH_LOADABLES_PATH", "BASH_XTRACEFD", "BASHOPTS"],
  ...["SHELLOPTS", "PS4", "PROMPT_COMMAND", "CDPATH", "FPATH", "ZDOTDIR", "SHELL", "INPUTRC"],
  // where start-up files are looked for
  ...["HOME", "XDG_CONFIG_HOME", "XDG_CONFIG_DIRS", "XDG_DATA_HOME", "XDG_DATA_DIRS", "TERMINFO*", "TERMCAP"],
  // interpreters and runtimes
  ...["NODE_OPTIONS", "NODE_PATH", "NODE_REPL_EXTERNAL_MODULE", "NODE_EXTRA_CA_CERTS"],
  ...["NODE_TLS_REJECT_UNAUTHORIZED", "ELECTRON_RUN_AS_NODE", "BUN_OPTIONS"],
  ...["PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP", "PYTHONINSPECT", "PYTHONWARNINGS", "PYTHONBREAKPOINT"],
  ...["PYTHONUSERBASE", "PYTHONPLATLIBDIR", "PYTHONPYCACHEPREFIX", "PYTHONEXECUTABLE", "PYTHONHTTPSVERIFY"],
  ...["PERL5OPT", "PERL5LIB", "PERLLIB", "PERL5DB", "PERL5SHELL", "PERLIO_DEBUG"],
  ...["RUBYOPT", "RUBYLIB", "RUBYPATH", "RUBYSHELL", "GEM_HOME", "GEM_PATH", "BUNDLE_GEMFILE"],
  ...["PHPRC", "PHP_INI_SCAN_DIR", "LUA_INIT*", "LUA_PATH*", "LUA_CPATH*", "R_PROFILE*", "R_ENVIRON*"],
  ...["JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS", "JAVA_OPTS", "CLASSPATH", "MAVEN_OPTS"],
  ...["GRADLE_OPTS", "ERL_FLAGS", "ERL_AFLAGS", "ERL_ZFLAGS", "ERL_LIBS"],
  ...["DOTNET_STARTUP_HOOKS", "DOTNET_ADDITIONAL_DEPS", "DOTNET_SHARED_STORE", "COR_*", "CORECLR_*"],
  // package managers and builds
  ...["NPM_CONFIG_*", "PIP_*", "GOFLAGS", "GOENV", "GOPROXY", "GOTOOLCHAIN", "RUSTFLAGS", "RUSTC*"],
  ...["CARGO_HOME", "MAKEFLAGS", "MAKEFILES"],
  // programs that programs start
  ...["EDITOR", "VISUAL", "PAGER", "MANPAGER", "BROWSER", "LESSOPEN", "LESSCLOSE", "SUDO_ASKPASS"],
  ...["SSH_ASKPASS", "RSYNC_RSH", "CVS_RSH", "SVN_SSH", "TAR_OPTIONS", "WGETRC", "CURL_HOME"],
  ...["GIT_SSH", "GIT_SSH_COMMAND", "GIT_ASKPASS", "GIT_EDITOR", "GIT_SEQUENCE_EDITOR", "GIT_PAGER"],
  ...["GIT_EXTERNAL_DIFF", "GIT_EXEC_PATH", "GIT_PROXY_COMMAND", "GIT_TEMPLATE_DIR", "GIT_CONFIG*"],
  ...["GIT_DIR", "GIT_WORK_TREE", "GIT_SSL_*", "SOPS_EDITOR", "SOPS_GPG_EXEC", "SOPS_AGE_KEY_CMD"],
  ...["SOPS_AGE_SSH_PRIVATE_KEY_CMD", "CONCLAVE_*"],
  // configuration that may name a program to run
  ...["KUBECONFIG", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"],
  // traffic and trust
  ...["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "FTP_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR"],
  ...["SSLKEYLOGFILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "AWS_CA_BUNDLE", "OPENSSL_CONF"],
  ...["OPENSSL_MODULES", "OPENSSL_ENGINES"],
  // Windows
  ...["COMSPEC", "PATHEXT", "PSMODULEPATH", "SYSTEMROOT", "WINDIR", "USERPROFILE", "APPDATA", "LOCALAPPDATA"],
]

/** Read in any case by the programs that know them. */
const ANY_CASE: readonly string[] = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "FTP_PROXY", "NO_PROXY"]
const ANY_CASE_PREFIX = "NPM_CONFIG_"

const EXACT = new Set(LOADER_NAMES.filter((name) => !name.endsWith("*")))
const PREFIXES = LOADER_NAMES.filter((name) => name.endsWith("*")).map((name) => name.slice(0, -1))

/**
 * Whether a variable changes how programs load or whom they trust.
 *
 * @param anyCase - As on Windows, where `path` is `PATH`. Elsewhere `path` and
 * `env` are ordinary names.
 */
export function isLoaderVariable(name: string, anyCase = false): boolean {
  const upper = name.toUpperCase()
  if (ANY_CASE.includes(upper) || upper.startsWith(ANY_CASE_PREFIX)) return true
  const asked = anyCase ? upper : name
  return EXACT.has(asked) || PREFIXES.some((prefix) => asked.startsWith(prefix))
}
