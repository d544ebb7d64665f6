export declare function pageFacts(): {
  readonly elements: string[];
  readonly attributes: string[];
  readonly scripts: number;
  readonly styles: number;
  readonly comments: number;
  readonly title: string;
  readonly isOwnBase: boolean;
  readonly foreignLinks: string[];
  readonly foreignIds: string[];
  readonly idsTwice: number;
};
export declare function definitionTexts(): Record<string, string>;
export declare function backgroundColor(): string;
export declare function pageWidth(): number;
export declare function reading(): {
  readonly weak: string[];
  readonly measured: number;
  readonly headings: number;
  readonly unnamed: number;
};
