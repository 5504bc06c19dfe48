import { defineRule, type Examples } from '../rule';
import { bulkTransferExamples, bulkTransferRule } from './bulk-transfers';

const GIBIBYTES = 5;

export default defineRule({
  id: 's3-bulk-transfer',
  title: 'Gigabytes moved from or to a bucket in minutes',
  ...bulkTransferRule('medium', GIBIBYTES),
});

export const examples = (): Examples => bulkTransferExamples('medium', 'high', GIBIBYTES);
