// What AppSync checks before a resolver runs: the API key, the signature and the
// policy of an IAM principal, the issuer and expiry of a token. An API without a mode
// lets no one in by it.
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

const unauthorized = (message) => ({ status: 401, errorType: 'UnauthorizedException', message });

const refused = unauthorized('You are not authorized to make this call.');

// authorize returns the refusal of a request, or null.
export function authorize(request, body, env) {
  return by(request.headers, env, () => signature(request, body, env));
}

// authorizeSubscription returns the refusal of a subscription with these headers, or
// null. It does not verify the signature of an IAM principal.
export function authorizeSubscription(headers, env) {
  const lower = Object.fromEntries(Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), String(value)]));
  return by(lower, env, () => (principal(lower, env)?.allowed ? null : refused));
}

function by({ authorization, 'x-api-key': key }, env, iam) {
  const mode = (name, check) => (env.modes.includes(name) ? check() : refused);
  if (key) return mode('API_KEY', () => (key === env.API_KEY ? null : refused));
  if (!authorization) return unauthorized('Valid authorization header not provided.');
  if (authorization.startsWith('AWS4-HMAC-SHA256 ')) return mode('AWS_IAM', iam);
  return mode('AMAZON_COGNITO_USER_POOLS', () => token(authorization, env));
}

// principal returns the IAM principal that the headers name.
export function principal({ authorization }, env) {
  return env.accessKeys[/Credential=(\w+)\//.exec(authorization)?.[1]];
}

function token(authorization, env) {
  let claims;
  try {
    claims = JSON.parse(Buffer.from(authorization.split('.')[1], 'base64url'));
  } catch {
    return unauthorized('Unable to parse JWT token.');
  }
  if (claims.iss !== env.USER_POOL) return refused;
  return claims.exp > Date.now() / 1000 ? null : unauthorized('Token has expired.');
}

const fiveMinutes = 5 * 60 * 1000;

// signature verifies Signature Version 4 for the service appsync.
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
function signature(request, body, env) {
  const refuse = (errorType, message) => ({ status: 403, errorType, message });
  const fields = Object.fromEntries(request.headers.authorization.slice(17).split(/,\s*/).map((f) => f.split(/=(.*)/s)));
  const [id, day, region, service, end] = (fields.Credential ?? '').split('/');
  const caller = env.accessKeys[id];
  if (!caller) return refuse('UnrecognizedClientException', 'The security token included in the request is invalid.');
  const scope = [day, region, service, end].join('/');
  if (scope !== `${day}/${env.REGION}/appsync/aws4_request`) {
    return refuse('InvalidSignatureException', `Credential should be scoped to a valid region and to service 'appsync', not '${scope}'.`);
  }
  const date = request.headers['x-amz-date'] ?? '';
  const age = Date.now() - Date.parse(date.replace(/^(....)(..)(..T..)(..)(..Z)$/, '$1-$2-$3:$4:$5'));
  if (!(Math.abs(age) < fiveMinutes)) return refuse('InvalidSignatureException', `Signature expired: ${date}`);
  const canonical = canonicalRequest(request, body, fields.SignedHeaders ?? '');
  const toSign = ['AWS4-HMAC-SHA256', date, scope, sha256(canonical)].join('\n');
  const key = [day, region, service, end].reduce((k, part) => hmac(k, part), 'AWS4' + caller.secret);
  const want = hmac(key, toSign);
  const got = Buffer.from(fields.Signature ?? '', 'hex');
  if (got.length !== want.length || !timingSafeEqual(got, want)) {
    return refuse('InvalidSignatureException', 'The request signature we calculated does not match the signature you provided.');
  }
  return caller.allowed ? null : unauthorized('Permission denied');
}

function canonicalRequest({ method, url, headers }, body, signed) {
  const names = signed.split(';');
  if (!names.includes('host') || !names.includes('x-amz-date')) return ''; // matches no signature
  const [path, query = ''] = url.split('?');
  const lines = names.map((n) => `${n}:${String(headers[n] ?? '').trim().replace(/\s+/g, ' ')}\n`);
  return [method, path, query.split('&').sort().join('&'), lines.join(''), signed, sha256(body)].join('\n');
}

const sha256 = (data) => createHash('sha256').update(data).digest('hex');
const hmac = (key, data) => createHmac('sha256', key).update(data).digest();
