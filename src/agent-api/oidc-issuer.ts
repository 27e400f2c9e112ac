/**
 * Who signs the identity tokens of runs, by GitHub's REST address: github.com, a company's `<name>.ghe.com`, or a server
 * of one's own. https://docs.github.com/actions/reference/security/oidc
 */
export function oidcIssuer(apiUrl: string): string {
  const { protocol, host, origin } = new URL(apiUrl);
  if (host === 'api.github.com' || /^api\.[a-z0-9-]+\.ghe\.com$/.test(host)) {
    const domain = host === 'api.github.com' ? 'githubusercontent.com' : host.slice('api.'.length);
    return `${protocol}//token.actions.${domain}`;
  }
  return `${origin}/_services/token`;
}
