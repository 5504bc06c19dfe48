/** For CDK apps of one's own: `new Trailhound(app, 'Trailhound', { config: { email: 'security@example.com' } })`. */
export { Trailhound, type TrailhoundProps } from './trailhound';
