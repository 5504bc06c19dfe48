/** The part of the command line that speaks with S3; a file of its own, since its library is large. */
export { awsObjectStore } from '../replay/s3/aws-object-store';
