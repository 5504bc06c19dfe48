/**
 * Takes the place of `@aws-sdk/credential-provider-node` in the functions' bundles (see lib/bundling.ts). Lambda gives
 * a function its role's credentials in the environment; the ways by which laptops find theirs (profiles, single
 * sign-on, metadata services) would be a fifth of the bundle, and ways in.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
 */
export function defaultProvider(): () => Promise<Credentials> {
  return async () => {
    const {
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_SESSION_TOKEN: sessionToken,
    } = process.env;
    if (!accessKeyId || !secretAccessKey)
      throw new Error('no credentials in the environment: this runs in Lambda only');
    return { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) };
  };
}

interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}
