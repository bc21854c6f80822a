export {
  reservationLines as _006_reservation_lines,
  reservations as _005_reservations,
  returnedPieces as _008_returned_pieces,
  returns as _007_returns,
} from './reservations'
export {
  movementCheckpoints as _010_movement_checkpoints,
  movements as _003_movements,
  products as _001_products,
  skus as _002_skus,
  stock as _004_stock,
  warehouses as _009_warehouses,
} from './stock'
