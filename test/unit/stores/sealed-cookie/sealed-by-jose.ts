// What the first release of the store sealed, when it left that to the library jose: a session
// that holds a name, and began at the time below.

export const SEALED_AT = Date.UTC(2026, 0, 1);
export const NAME = 'Žofie 🙂';

export const KEY = 'the key that seals and opens, of the tests alone';
export const OLD_KEY = 'a key that sealed once, and still opens, in tests';

/** A cookie's value that KEY sealed. */
export const BY_KEY = [
  'eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIiwia2lkIjoiaUhrcjc4MHMifQ..1VLrV7IUSR5jP16y',
  '.b1R-vGx3VfUecWQ3uczZeuX9g82uWlHjoYNb8Wt_jVAbl_ij0us9KYOlcLbd0R7DTm3LiLL_tnqU_3W',
  '2SfeBUU7OwJkAwRbWgt4g7fgfvgqqO59uHqcQws2Jz9SYsCXbLJ2h7Z2aPs10T0leLA1kSiyc2sGceFV',
  '5SDg13oYD0UNy1LfQ3Eyl8PK6GzWnMM7LGYvZ-V-ZmZDoRhOR6_VD62NyuHe-WcYWRaxc8Uq1lGziaZW',
  'dMhb4uN7X2prVvNvnaURKoA1Fs6Ew9RfRFyqS5eGQAKeCaxFjJS1vKGbXEILetnuWkW12i8PA90w3q4v',
  'QfzcRUpk.DM-iU45O-DgeNPx8WMISlg',
].join('');

/** A cookie's value that OLD_KEY sealed. */
export const BY_OLD_KEY = [
  'eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIiwia2lkIjoiRVhLTkVPQmoifQ..uvcAE2X9iR1vCbH1',
  '.iACxAcoDAJTlCRMFYWpy0qoQSZMBzuaSZOn5XQyFLztPEb5ZK7QhbfNnO_oxEWhXG9RdFXUoOXfNzfT',
  '4R3y1DooQixKCCd8gmmO4oS5F4jZotgF1mzPZb7LhF3eOFLccHacAPAZ8OU6eF9ImTtlgh7OMri66aDD',
  'nhvwWlBP38QJJex26iU_qpAqPK3Po9hL6_QMMLdUP4ivTvU4BvFekxwin3jNcgHu92Lkwpgjyj_Niora',
  'e9LzcstZQvmT8wVQcjVIJtCELHWTLPG8fBLbh-i1QnJCkX-e4zbRgTmr3_-gDtnYC8qFRFPJz1mligU7',
  'PvJGji3s.tq3uDT5-LoB50LepPrZboA',
].join('');
