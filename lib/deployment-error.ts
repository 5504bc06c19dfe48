/** Somebody must change where or how Trailhound is deployed; each line says what and how. */
export class DeploymentError extends Error {
  override readonly name = 'DeploymentError';
}
