import { goFunction } from '../../go';

export const submitQueryFunction = goFunction('submit-query');
