export const clientNames = [
  'Abbott & Lane Solicitors', 'Alder Veterinary Group', 'Boulangerie Saint-Roch', 'Calder Structural Engineers',
  'Cedar Hill Dental', 'Dunmore Logistics', 'Eastgate Primary Care', 'Fairweather Insurance', 'Garnier Architectes',
  'Hollis Property', 'Ironbridge Foundry', 'Juniper Street Theatre', 'Kestrel Accounting', 'Lindqvist Energi',
  'Maison Lefèvre', 'Northfield Academy', 'Orchard Lane Nursery', 'Pemberton Freight', 'Quayside Hotels',
  'Rosewood Care Homes', 'Sinclair Notaires', 'Tamar Valley Dairy', 'Ullswater Outdoor', 'Vasquez Import',
  'Whitmore Surveyors', 'Xenia Biotech', 'Yarrow Publishing', 'Zielińska Meble', 'Ashdown Orthodontics',
  'Brackenridge Farm Supplies', 'Corvina Wines', 'Delacroix Imprimerie', 'Elmstead Parish Council', 'Fjordline Travel',
  'Greyfriars Legal Aid', 'Hartmann Präzisionstechnik', 'Islington Cycle Works', 'Jardins de l’Ouest',
] as const;

export const veryLongAddress = 'maximiliane.featherstonehaugh-cholmondeley@worshipful-surveyors-auctioneers.example';
export const veryLongName =
  'The Worshipful Association of Independent Chartered Surveyors, Land Agents and Auctioneers of the North-Western Counties (Holdings) Limited';

export const firstNames = [
  'Camille', 'Léo', 'Anne', 'Daniel', 'Maya', 'Priya', 'Tom', 'Aoife', 'Jonas', 'Ingrid', 'Mateo', 'Zoë', 'Hugo', 'Nadia',
  'Owen', 'Sofia', 'Élodie', 'Karim', 'Lucy', 'Piotr', 'Hannah', 'Yuki', 'Samuel', 'Marta', 'Gareth', 'Inès', 'Ruben',
] as const;

export const lastNames = [
  'Rousseau', 'Roussel', 'Roussin', 'Okafor', 'Ferrand', 'Whitfield', 'Lindqvist', 'Moreau', 'Patel', 'Byrne', 'Kowalska',
  'Schneider', 'Nakamura', 'Alvarez', 'Thompson', 'Haddad', 'Dubois', 'Evans', 'Novak', 'O’Donnell', 'Marchetti', 'Reid',
  'de la Fontaine', 'Brandt', 'Quinn', 'Sørensen',
] as const;

export const groupNames = [
  'Management', 'Accounts', 'Front desk', 'Field team', 'IT administrators', 'Human resources', 'Sales', 'Workshop',
  'Night shift', 'Contractors', 'Équipe Roussel', 'Archive readers',
] as const;

export const collectionPaths = [
  'Accounts', 'Accounts/Banking', 'Accounts/Banking/Signatories', 'Accounts/Payroll', 'Dossier Rousseau', 'Front desk',
  'IT', 'IT/Network', 'IT/Network/Firewalls', 'IT/Servers', 'IT/Cloud tenants', 'Marketing', 'Marketing/Social media',
  'Personnel', 'Suppliers', 'Suppliers/Utilities', 'Websites', 'Completion accounts',
] as const;

export const sites = [
  ['Registrar', 'gandi.example'], ['Company bank', 'bank.example'], ['Payroll', 'payroll.example'],
  ['Office 365 admin', 'admin.microsoft.example'], ['Firewall', '10.0.0.1'], ['Backup console', 'backup.example'],
  ['Wi-Fi controller', 'unifi.example'], ['Phone system', 'pbx.example'], ['Broadband portal', 'isp.example'],
  ['Domain control', 'dns.example'], ['Insurance portal', 'cover.example'], ['Tax office', 'impots.example'],
  ['Newsletter', 'mail.example'], ['Ticketing', 'tickets.example'], ['Printer', 'printer.local'],
  ['Door access', 'doors.example'], ['Shop back office', 'shop.example'], ['Video surveillance', 'nvr.local'],
] as const;
